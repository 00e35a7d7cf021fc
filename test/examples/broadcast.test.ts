import t from 'tap'
import { Broadcast } from '../../examples/broadcaster/broadcast.js'
import type { Connection, DataChannel, PeerConnection } from '../../plugin/index.js'

class FakeChannel extends EventTarget {
  readyState = 'open'
  readonly told: { broadcaster?: string, viewers: number }[] = []
  readonly reads: boolean

  constructor (reads = true) {
    super()
    this.reads = reads
  }

  send (text: string): void {
    if (!this.reads) throw new DOMException('send: 1048576 bytes are waiting to be sent', 'OperationError')
    this.told.push(JSON.parse(text))
  }
}

t.test('a viewer that does not read -> the others, and who broadcasts, are told all the same', async t => {
  const broadcast = new Broadcast()
  const [deaf, viewer, broadcaster] = [new FakeChannel(false), new FakeChannel(), new FakeChannel()]
  for (const channel of [deaf, viewer]) broadcast.join({} as PeerConnection, channel as unknown as DataChannel)
  broadcast.start({ name: 'somebody', channel: broadcaster as unknown as DataChannel, connection: {} as Connection, tracks: new Map() })
  t.match(viewer.told.at(-1), { broadcaster: 'somebody', viewers: 2 })
  t.match(broadcaster.told.at(-1), { broadcaster: 'somebody', viewers: 2 })
})
