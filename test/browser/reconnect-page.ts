/** Runs in a page: connections that live on, each with a server that counts its messages. */
import { ConnectionClient, type ClientConnection, type ClientConnectionEventMap } from '../../generated-client/index.js'

/** What a connection has gone through, and what the server has last counted for it. */
export interface Told {
  events: string[]
  count: number
}

declare global {
  interface Window {
    connections: Told[]
    openConnections (count: number): void
    /** Settles when what has happened to every connection last is of that type. */
    all (type: keyof ClientConnectionEventMap): Promise<void>
    /** Settles when the server has counted so far for every connection. */
    counted (count: number): Promise<void>
    /** Has the server count on, for every connection, now or when it is connected. */
    ask (): void
    closeAll (): void
  }
}

const client = new ConnectionClient({ baseUrl: '/count' })
const open: ClientConnection[] = []
const channels: RTCDataChannel[] = []
let onTold = () => {}

window.connections = []

window.openConnections = count => {
  for (let index = 0; index < count; index++) {
    const told: Told = { events: [], count: 0 }
    window.connections.push(told)
    const connection = client.connect({
      beforeAnswer (peerConnection) {
        const channel = peerConnection.createDataChannel('count', { negotiated: true, id: 0 })
        channels[index] = channel
        channel.onopen = () => channel.send('')
        channel.onmessage = ({ data }) => {
          told.count = Number(data)
          onTold()
        }
      }
    })
    for (const type of ['connected', 'reconnecting', 'reconnected', 'closed'] as const) {
      connection.addEventListener(type, event => {
        const { reason, isServerStateLost } = event as { reason?: string, isServerStateLost?: boolean }
        told.events.push([type, reason, isServerStateLost].filter(part => part !== undefined).join(' '))
        onTold()
      })
    }
    open.push(connection)
  }
}

window.all = type => every(({ events }) => events.at(-1)?.startsWith(type))

window.counted = least => every(({ count }) => count >= least)

window.ask = () => { for (const channel of channels) if (channel.readyState === 'open') channel.send('') }

window.closeAll = () => { for (const connection of open) connection.close() }

function every (isSo: (told: Told) => boolean | undefined): Promise<void> {
  return new Promise(resolve => {
    onTold = () => { if (window.connections.every(isSo)) resolve() }
    onTold()
  })
}
