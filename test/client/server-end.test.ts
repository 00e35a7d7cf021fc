import t from 'tap'
import { askForServerEnd } from '../../generated-client/server-end.js'
import { createSignalingClient } from '../../generated-client/index.js'

const ANSWERS: [answer: () => Response, end: string][] = [
  [() => Response.json({ connectionState: 'connected' }), 'connected'],
  [() => Response.json({ connectionState: 'disconnected' }), 'lost'],
  [() => Response.json({ connectionState: 'failed' }), 'lost'],
  [() => Response.json({ connectionState: 'closed' }), 'lost'],
  [() => Response.json({ connectionState: 'connecting' }), 'unknown'],
  [() => Response.json({ connectionState: 'connected', localDescription: describe('ours') }), 'connected'],
  [() => Response.json({ connectionState: 'connected', localDescription: describe('another') }), 'lost'],
  [() => Response.json({ code: 'FST_WEBRTC_CONNECTION_NOT_FOUND', message: 'Connection not found' }, { status: 404 }), 'forgotten'],
  [() => Response.json({ message: 'Not found' }, { status: 404 }), 'unknown'],
  [() => { throw new TypeError('fetch failed') }, 'unknown']
]

t.test('askForServerEnd -> what the answer says, and unknown when it says nothing', async t => {
  for (const [answer, end] of ANSWERS) {
    t.equal(await askForServerEnd(createSignalingClient({ baseUrl: 'http://localhost', fetch: async () => answer() }), { id: 'id', localDescription: describe('ours') }), end)
  }
})

function describe (ufrag: string): { type: 'offer', sdp: string } {
  return { type: 'offer', sdp: `v=0\r\na=ice-ufrag:${ufrag}\r\n` }
}
