/** What a listener of an event may be: a function, or an object with `handleEvent`. It may be async. */
export type Listener<Event> = ((event: Event) => unknown) | { handleEvent (event: Event): unknown }

export interface ListenerOptions {
  /** Remove the listener after its first call. Default false. */
  once?: boolean
}

/** Told of what a listener threw or rejected with, and of which event. Must not throw. */
export type ListenerErrorHandler = (error: unknown, eventType: string) => void

/**
 * The part of the DOM's EventTarget that applications use, with one difference: what a listener throws or rejects with is
 * handed to `onListenerError`. Node's own EventTarget makes it an uncaught exception, and an exception that reaches a
 * native callback aborts the process.
 */
export class SafeEventTarget<EventMap extends { [Type in keyof EventMap]: { type: string } }> {
  readonly #listeners = new Map<keyof EventMap, Map<Listener<never>, ListenerOptions>>()
  readonly #onListenerError: ListenerErrorHandler

  constructor (onListenerError: ListenerErrorHandler) {
    this.#onListenerError = onListenerError
  }

  addEventListener<Type extends keyof EventMap & string> (type: Type, listener: Listener<EventMap[Type]> | null, options: ListenerOptions | boolean = {}): void {
    if (listener === null) return
    if (typeof listener !== 'function' && typeof listener?.handleEvent !== 'function') {
      throw new TypeError(`addEventListener('${type}'): expected a function or an object with handleEvent, found ${typeof listener}`)
    }
    let listeners = this.#listeners.get(type)
    if (!listeners) this.#listeners.set(type, listeners = new Map())
    if (!listeners.has(listener)) listeners.set(listener, typeof options === 'object' ? options : {})
  }

  removeEventListener<Type extends keyof EventMap & string> (type: Type, listener: Listener<EventMap[Type]> | null): void {
    if (listener !== null) this.#listeners.get(type)?.delete(listener)
  }

  /** @internal */
  dispatch<Type extends keyof EventMap & string> (event: EventMap[Type] & { type: Type }): void {
    const handler = (this as Record<string, unknown>)[`on${event.type}`]
    if (typeof handler === 'function') this.#call(handler as Listener<typeof event>, event)

    const listeners = this.#listeners.get(event.type)
    if (!listeners?.size) return
    for (const [listener, { once }] of [...listeners]) {
      if (once) listeners.delete(listener)
      this.#call(listener as Listener<typeof event>, event)
    }
  }

  #call<Event extends { type: string }> (listener: Listener<Event>, event: Event): void {
    try {
      const result = typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event)
      if (result instanceof Promise) result.catch(error => this.#onListenerError(error, event.type))
    } catch (error) {
      this.#onListenerError(error, event.type)
    }
  }
}
