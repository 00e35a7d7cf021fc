import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A TCP port of loopback that leads to another one, until it is cut. */
export class TcpRelay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false
  #isSilent = false

  private constructor (target: () => number) {
    this.#server = createServer(client => {
      if (this.#isCut) return client.destroy()
      const onward = connect(target(), '127.0.0.1')
      for (const [from, to] of [[client, onward], [onward, client]] as const) {
        this.#sockets.add(from)
        from.on('data', data => { if (!this.#isSilent) to.write(data) })
        from.on('error', () => {}).on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
      }
    })
  }

  static async start (t: Pick<Test, 'teardown'>, target: number | (() => number)): Promise<TcpRelay> {
    const relay = new TcpRelay(typeof target === 'number' ? () => target : target)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    t.teardown(() => {
      relay.cut()
      relay.#server.close()
    })
    return relay
  }

  get port (): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Every connection ends, and none is let through. */
  cut (): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** What is sent is lost, while both ends believe in the connection. */
  silence (): void {
    this.#isSilent = true
  }

  heal (): void {
    this.#isCut = this.#isSilent = false
  }
}
