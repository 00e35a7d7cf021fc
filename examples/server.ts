/** `npm start`: serves the examples on HOST and PORT until SIGINT or SIGTERM. */
import { createDemo } from './demo.js'

// Before anything else: npm may be gone by the time that the server listens.
const { ppid } = process
const { HOST: host = '127.0.0.1', PORT = '3000' } = process.env
const port = Number(PORT)

if (/^\d+$/.test(PORT) && port <= 65535) await serve()
else fail(`PORT: expected a number from 0 to 65535, found ${JSON.stringify(PORT)}.`)

async function serve (): Promise<void> {
  const app = await createDemo({ logger: { level: 'warn', stream: process.stderr } })
  try {
    console.log(`The examples are at ${await app.listen({ host, port })}/`)
  } catch (error) {
    await app.close()
    return fail(explain(error as NodeJS.ErrnoException))
  }

  const signals = ['SIGINT', 'SIGTERM'] as const
  const stop = () => {
    // Without a handler the next signal ends the process at once.
    for (const signal of signals) process.off(signal, stop)
    clearInterval(timer)
    app.close()
  }
  for (const signal of signals) process.on(signal, stop)
  // npm passes a signal to its shell, and the shell to nobody: all that arrives here is another parent.
  const timer = setInterval(() => { if (process.env.npm_lifecycle_event && process.ppid !== ppid) stop() }, 500).unref()
}

function explain ({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `Port ${port} is taken on ${host}: stop what uses it, or choose another with PORT.`
  return `Cannot listen on ${host}, port ${port}: ${message}.`
}

function fail (sentence: string): void {
  console.error(sentence)
  process.exitCode = 1
}
