/** The promise's result, or an error that says what did not happen. A test awaits its events with this and never sleeps. */
export async function within<Result> (promise: Promise<Result>, what: string, milliseconds = 10_000): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`expected ${what} within ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Settles once the event's listener has seen what it waits for. */
export interface Signal<Value = void> {
  promise: Promise<Value>
  resolve (value: Value): void
}

export function signal<Value = void> (): Signal<Value> {
  let resolve: Signal<Value>['resolve'] = () => {}
  const promise = new Promise<Value>(_resolve => { resolve = _resolve })
  return { promise, resolve }
}
