import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Where a process runs. */
export interface Whereabouts {
  /** The network that its loopback is: with the same one, `127.0.0.1` is the same. */
  host: string
  /** Where its `pid` means something. */
  processes: string
  pid: number
}

/** Of this process. Containers of one machine have a network, and process numbers, of their own. */
export function findWhereabouts (read: (path: string) => string = readSystem): Whereabouts {
  const boot = attempt(() => read('/proc/sys/kernel/random/boot_id')) ?? hostname()
  const place = (namespace: string) => createHash('sha256').update(`${boot} ${attempt(() => read(`/proc/self/ns/${namespace}`)) ?? hostname()}`).digest('base64url').slice(0, 16)
  return { host: place('net'), processes: place('pid'), pid: process.pid }
}

/** Whether the process has ended for certain: it ran beside this one, and its number is nobody's. */
export function hasEnded ({ processes, pid }: Whereabouts, own: Whereabouts): boolean {
  return processes === own.processes && !isRunning(pid)
}

function isRunning (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function readSystem (path: string): string {
  return path.includes('/ns/') ? readlinkSync(path) : readFileSync(path, 'utf8')
}

/** Undefined where the system has no such file. */
function attempt (read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
