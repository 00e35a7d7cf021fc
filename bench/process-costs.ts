import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { residentSetSize } from '../test/helpers/memory.js'
import type { Signaling } from './signaling.js'

/** Of proc_pid_stat(5), in a second. */
export const TICKS = 100

const AT_A_TIME = 8
/** Until the native side and V8 are at rest, in milliseconds. */
const REST = 1500

/** So many of what `make` makes, of the numbers from 0, a few at a time. */
export async function fill<Result> (count: number, make: (number: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  let started = 0
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (started < count) {
      const number = started++
      results[number] = await make(number)
    }
  }))
  return results
}

/** What a server's process holds when it is at rest, in bytes. */
export async function memory (signaling: Signaling): Promise<number> {
  signaling.collectGarbage()
  await sleep(REST)
  signaling.collectGarbage()
  await sleep(REST / 3)
  return residentSetSize(signaling.pid).now
}

/** The processor time that a server has used so far. */
export function cpuTicks ({ pid }: Pick<Signaling, 'pid'>): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').slice(11, 13).map(Number)
  return user! + system!
}
