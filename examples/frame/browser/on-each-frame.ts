/** Calls `update` before each frame that is painted until the signal aborts, with the milliseconds since the last one. A page that nobody sees paints none. */
export function onEachFrame (update: (pause: number) => void, signal: AbortSignal): void {
  let last = performance.now()
  const frame = () => {
    if (signal.aborted) return
    const now = performance.now()
    update(now - last)
    last = now
    requestAnimationFrame(frame)
  }
  document.addEventListener('visibilitychange', () => { last = performance.now() }, { signal })
  requestAnimationFrame(frame)
}
