/** What a connection that lives on needs of where it runs. */
export interface Environment {
  setTimeout: (callback: () => void, time: number) => unknown
  clearTimeout: (timer: unknown) => void
  /** In milliseconds; goes on while the machine sleeps. */
  now: () => number
  /** From 0 to 1, 1 excluded. */
  random: () => number
  /** Calls back when the network may have changed, or the page was away. The returned function ends it. */
  onWake: (callback: () => void) => () => void
}

interface Target {
  addEventListener?: (type: string, listener: () => void) => void
  removeEventListener?: (type: string, listener: () => void) => void
}

/** The browser's, or Node's, which tells nothing of its network. */
export const environment: Environment = {
  setTimeout: (callback, time) => setTimeout(callback, time),
  clearTimeout: timer => clearTimeout(timer as number),
  now: () => Date.now(),
  random: () => Math.random(),
  onWake
}

function onWake (callback: () => void): () => void {
  const { document, navigator } = globalThis
  const connection = Object(navigator).connection as Target | undefined
  const sources: [Target | undefined, string][] = [[globalThis, 'online'], [globalThis, 'pageshow'], [document, 'visibilitychange'], [connection, 'change']]
  for (const [target, type] of sources) target?.addEventListener?.(type, callback)
  return () => { for (const [target, type] of sources) target?.removeEventListener?.(type, callback) }
}
