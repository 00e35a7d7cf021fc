/** `npm start`: serves the examples on HOST and PORT until SIGINT or SIGTERM, in WORKERS processes that are looked after. */
import { readSettings } from './settings.js'
import { supervise } from './supervisor.js'

// Before anything else: npm may be gone by the time that the server listens.
const { ppid } = process

try {
  supervise(new URL('server-worker.ts', import.meta.url), readSettings(process.env).workers)
  stopWithNpm()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

/** npm passes a signal to its shell, and the shell to nobody: all that arrives here is another parent. */
function stopWithNpm (): void {
  if (!process.env.npm_lifecycle_event) return
  const timer = setInterval(() => {
    if (process.ppid === ppid) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}
