import { setTimeout as sleep } from 'node:timers/promises'
import { checkLiveness } from '../plugin/index.js'

/** From one check to the next, in milliseconds. */
const CHECK_INTERVAL = 500

/** Takes no more new clients, and settles when those there are have gone, or the time for it is over. */
export type Stop = () => Promise<void>

/**
 * What a script does that `supervise` runs: starts the server of this number, and tells the primary twice a second that the
 * event loop and the native side are alive. SIGINT or SIGTERM stops the server, and ends the process with exit code 0. It
 * ends with the primary too.
 */
export async function work (start: (number: number) => Promise<Stop>): Promise<void> {
  // Before the cluster's own listener, which exits in order: a frozen native side would not let it.
  process.prependListener('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  try {
    stopOnSignal(await start(Number(process.env.WORKER)))
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
  process.send!('alive')
  for (;;) {
    await sleep(CHECK_INTERVAL)
    if (await isAlive()) process.send!('alive')
  }
}

/** At a terminal a signal comes twice, the other time from the primary. To end at once is the primary's part. */
function stopOnSignal (stop: Stop): void {
  let stopped: Promise<void> | undefined
  const onSignal = () => {
    stopped ??= stop().then(() => process.exit(0), error => {
      console.error(error)
      process.exit(1)
    })
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
}

async function isAlive (): Promise<boolean> {
  try {
    await checkLiveness()
    return true
  } catch (error) {
    const { name, message } = error as Error
    console.error(`The native side is not well: ${message}`)
    // Without a file descriptor no peer can be made, but those that there are can be served.
    return name !== 'TimeoutError'
  }
}
