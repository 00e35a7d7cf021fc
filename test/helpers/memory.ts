import { readFileSync, writeFileSync } from 'node:fs'

/** The memory of a process that the kernel counts, in bytes: now, and the most since it was started or forgotten. */
export function residentSetSize (pid: number): { now: number, peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) * 1024
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/** The most is what there is now: proc_pid_clear_refs(5). */
export function forgetPeak (pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}
