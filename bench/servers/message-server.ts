/** What differs between the channels of the contestants. */
export interface MessageChannel {
  send (data: string | Uint8Array): void
  bufferedAmount (): number
  setLowThreshold (threshold: number): void
}

/** What a far end can say beside binary messages, which are counted; any other text comes back. */
export type MessageCommand =
  /** Comes back as a MessageCount. */
  | { name: 'count' }
  /** Sends messages of so many bytes for so many seconds. */
  | { name: 'send', size: number, seconds: number }

export interface MessageCount {
  messages: number
  /** Of the process so far, in milliseconds. */
  cpu: number
}

/** At most this waits to be sent, in bytes, and it goes on when half of it has left. */
const MAX_BUFFERED = 512 * 1024

/** One far end's messages. */
export class MessageServer {
  readonly #channel: MessageChannel
  #count = 0
  #message = new Uint8Array()
  #until = 0

  constructor (channel: MessageChannel) {
    this.#channel = channel
  }

  received (data: string | ArrayBuffer | Uint8Array): void {
    if (typeof data !== 'string') this.#count++
    else if (data.startsWith('{')) this.#obey(JSON.parse(data))
    else this.#channel.send(data)
  }

  /** When there is room again. */
  continue (): void {
    if (performance.now() >= this.#until) return
    while (this.#channel.bufferedAmount() < MAX_BUFFERED) this.#channel.send(this.#message)
  }

  #obey (command: MessageCommand): void {
    if (command.name === 'count') {
      const { user, system } = process.cpuUsage()
      this.#channel.send(JSON.stringify({ messages: this.#count, cpu: (user + system) / 1000 } satisfies MessageCount))
      return
    }
    this.#channel.setLowThreshold(MAX_BUFFERED / 2)
    this.#message = new Uint8Array(command.size)
    this.#until = performance.now() + command.seconds * 1000
    this.continue()
  }
}
