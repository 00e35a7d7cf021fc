import { types } from 'node:util'

/** What a listener of an event may be: a function, or an object with `handleEvent`. It may be async. */
export type Listener<Event> = ((event: Event) => unknown) | { handleEvent (event: Event): unknown }

export interface ListenerOptions {
  /** Remove the listener after its first call. Default false. */
  once?: boolean
}

/** Told of what went wrong, and where: in the listeners of which event, for instance. */
export type ErrorHandler = (error: unknown, where: string) => void

interface Registration {
  type: PropertyKey
  listener: Listener<never>
  once: boolean
  isRemoved: boolean
}

const NONE: readonly Registration[] = []

/**
 * The part of the DOM's EventTarget that applications use, with one difference: what a listener throws or rejects with is
 * handed to `onError`. Node's own EventTarget makes it an uncaught exception, and an exception that reaches a native
 * callback aborts the process.
 */
export class SafeEventTarget<EventMap extends { [Type in keyof EventMap]: { type: string } }> {
  /** Of all types, in their order. Never changed, only replaced: whoever is going through it is not disturbed. */
  #registrations: readonly Registration[] = NONE
  readonly #onError: ErrorHandler

  constructor (onError: ErrorHandler) {
    this.#onError = onError
  }

  addEventListener<Type extends keyof EventMap & string> (type: Type, listener: Listener<EventMap[Type]> | null, options: ListenerOptions | boolean = {}): void {
    if (listener === null) return
    if (typeof listener !== 'function' && typeof listener?.handleEvent !== 'function') {
      throw new TypeError(`addEventListener('${type}'): expected a function or an object with handleEvent, found ${typeof listener}`)
    }
    if (this.#registrations.some(registration => registration.type === type && registration.listener === listener)) return
    const once = typeof options === 'object' && options.once === true
    this.#registrations = [...this.#registrations, { type, listener, once, isRemoved: false }]
  }

  removeEventListener<Type extends keyof EventMap & string> (type: Type, listener: Listener<EventMap[Type]> | null): void {
    this.#registrations = this.#registrations.filter(registration => {
      if (registration.type === type && registration.listener === listener) registration.isRemoved = true
      return !registration.isRemoved
    })
  }

  /** @internal Whether the application listens for the event. */
  hasListeners (type: keyof EventMap & string): boolean {
    return typeof (this as Record<string, unknown>)[`on${type}`] === 'function' || this.#registrations.some(registration => registration.type === type)
  }

  /** @internal */
  dispatch<Type extends keyof EventMap & string> (event: EventMap[Type] & { type: Type }): void {
    const { type } = event
    const handler = (this as Record<string, unknown>)[`on${type}`]
    if (typeof handler === 'function') this.#call(handler as Listener<typeof event>, event)

    for (const registration of this.#registrations) {
      const { listener, once } = registration
      if (registration.type !== type || registration.isRemoved) continue
      if (once) this.removeEventListener(type, listener as Listener<EventMap[Type]>)
      this.#call(listener as Listener<typeof event>, event)
    }
  }

  /** @internal Tells the error handler. What that throws ends here too. */
  report (error: unknown, where: string): void {
    try {
      this.#onError(error, where)
    } catch {
      // Nothing of what it has thrown, which may throw again when it is looked at.
      process.emitWarning(`the error handler failed, in ${where}`)
    }
  }

  #call<Event extends { type: string }> (listener: Listener<Event>, event: Event): void {
    try {
      const result = typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event)
      if (types.isPromise(result)) result.catch(error => this.report(error, event.type))
    } catch (error) {
      this.report(error, event.type)
    }
  }
}
