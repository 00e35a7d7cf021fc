import { execFileSync, spawnSync } from 'node:child_process'
import type { Test } from 'tap'

/** One end of a link: a device of a namespace, and its addresses with their prefixes. */
export interface LinkEnd {
  namespace: string
  device: string
  addresses: readonly string[]
}

/** Whether there may be network namespaces with NAT between them: root with iproute2 and nftables may make them. */
export function hasNamespaces (): boolean {
  const name = uniqueName('probe')
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return false
  const { status } = spawnSync('ip', ['netns', 'exec', name, 'nft', 'add', 'table', 'ip', 'probe'])
  spawnSync('ip', ['netns', 'del', name])
  return status === 0
}

/** Network namespaces that are gone when the test ends. */
export class Namespaces {
  readonly #t: Pick<Test, 'teardown'>

  constructor (t: Pick<Test, 'teardown'>) {
    this.#t = t
  }

  /** One of its own, with loopback; its name. */
  add (name: string): string {
    const unique = uniqueName(name)
    run('ip', 'netns', 'add', unique)
    this.#t.teardown(() => { spawnSync('ip', ['netns', 'del', unique]) })
    this.ip(unique, 'link', 'set', 'lo', 'up')
    return unique
  }

  /** One that forwards, over IPv4 and IPv6; its name. */
  addRouter (name: string): string {
    const unique = this.add(name)
    for (const path of ['ipv4/ip_forward', 'ipv6/conf/all/forwarding']) run('ip', 'netns', 'exec', unique, 'sh', '-c', `echo 1 > /proc/sys/net/${path}`)
    return unique
  }

  link (...ends: [LinkEnd, LinkEnd]): void {
    const [one, other] = ends
    this.ip(one.namespace, 'link', 'add', one.device, 'type', 'veth', 'peer', 'name', other.device, 'netns', other.namespace)
    for (const { namespace, device, addresses } of ends) {
      for (const address of addresses) this.ip(namespace, 'addr', 'add', address, 'dev', device, ...address.includes(':') ? ['nodad'] : [])
      this.ip(namespace, 'link', 'set', device, 'up')
    }
  }

  /** iproute2 in the namespace. */
  ip (namespace: string, ...args: string[]): void {
    run('ip', '-n', namespace, ...args)
  }

  /** The tables of bridges, and of tunnels, in the namespace. */
  bridge (namespace: string, ...args: string[]): void {
    run('bridge', '-n', namespace, ...args)
  }

  /** nftables in the namespace: a command, or several with semicolons between them. */
  nft (namespace: string, commands: string): void {
    run('ip', 'netns', 'exec', namespace, 'nft', commands)
  }
}

let count = 0

/** No other test's. */
function uniqueName (name: string): string {
  return `test-${process.pid}-${count++}-${name}`
}

function run (file: string, ...args: string[]): void {
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
