/** Runs in a page that reads the events of a connection. */
import { ConnectionClient } from '../../generated-client/index.js'

/** By the client, or by the browser. */
export type Reader = 'events()' | 'EventSource'

declare global {
  interface Window {
    /** The ids of the events in the order in which they come, when the connection has closed. */
    readEvents: Record<Reader, (connectionId: string) => Promise<number[]>>
  }
}

window.readEvents = {
  async 'events()' (connectionId) {
    const ids: number[] = []
    for await (const { id } of new ConnectionClient({ baseUrl: '/' }).events(connectionId)) ids.push(id)
    return ids
  },

  async EventSource (connectionId) {
    const ids: number[] = []
    const source = new EventSource(`/connections/${connectionId}/events`)
    await new Promise<void>((resolve, reject) => {
      for (const type of ['description', 'candidate', 'state', 'closed']) {
        source.addEventListener(type, ({ data, lastEventId }) => {
          const { id } = JSON.parse(data)
          if (String(id) !== lastEventId) reject(new Error(`expected ${id}, found ${lastEventId}`))
          ids.push(id)
          if (type === 'closed') resolve()
        })
      }
      source.onerror = () => { if (source.readyState === source.CLOSED) reject(new Error('the browser has given up')) }
    })
    source.close()
    return ids
  }
}
