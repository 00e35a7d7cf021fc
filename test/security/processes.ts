import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Threads of this process. */
export function countThreads (): number {
  return readdirSync('/proc/self/task').length
}

/** File descriptors of this process, but for the one that looks. */
export function countFiles (): number {
  return readdirSync('/proc/self/fd').length - 1
}

/** Sockets of this process that are connected to a DNS server, which is what a look-up makes. */
export function countDnsSockets (): number {
  const own = new Set(readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? []
    } catch {
      // It has closed since it was listed.
      return []
    }
  }))
  return ['udp', 'udp6', 'tcp', 'tcp6']
    .flatMap(protocol => readFileSync(`/proc/self/net/${protocol}`, 'utf8').trim().split('\n').slice(1).map(line => line.trim().split(/\s+/)))
    .filter(([, , remote, , , , , , , inode]) => remote!.endsWith(':0035') && own.has(inode!))
    .length
}
