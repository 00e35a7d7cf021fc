import t, { type Test } from 'tap'
import { createSignalingClient } from '../../generated-client/index.js'
import { Handshake } from '../../generated-client/handshake.js'
import { FakeEnvironment, settle } from './fakes.js'

/** A handshake with a server that answers when it is told to, and what it was asked. */
function shakeHands () {
  const requests: Request[] = []
  let answer = (_response: Response) => {}
  const environment = new FakeEnvironment()
  const fetch = async (request: Request) => {
    requests.push(request)
    return await new Promise<Response>((resolve, reject) => {
      answer = resolve
      request.signal.addEventListener('abort', () => reject(request.signal.reason))
    })
  }
  const handshake = new Handshake({ api: createSignalingClient({ baseUrl: 'http://server', fetch }), configuration: undefined, environment })
  const asked = () => requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`)
  return { handshake, environment, requests, asked, answer: (response: Response) => answer(response) }
}

async function abandonInTime (t: Test, { handshake, environment, requests }: ReturnType<typeof shakeHands>): Promise<void> {
  handshake.create()
  await settle()
  handshake.abandon()
  await environment.pass(9999)
  t.equal(requests[0]!.signal.aborted, false)
}

t.test('abandon while the server makes its connection -> waits for it, and deletes it', async t => {
  const hands = shakeHands()
  await abandonInTime(t, hands)
  hands.answer(Response.json({ id: 'a' }, { status: 201 }))
  await settle()
  t.strictSame(hands.asked(), ['POST /connections', 'DELETE /connections/a'])
  t.equal(hands.environment.timers, 0)
})

t.test('abandon while a server says nothing -> the request ends after 10 s', async t => {
  const hands = shakeHands()
  await abandonInTime(t, hands)
  await hands.environment.pass(1)
  t.equal(hands.requests[0]!.signal.aborted, true)
  t.strictSame(hands.asked(), ['POST /connections'])
})

t.test('abandon when the server refuses, or was asked for nothing -> nothing more', async t => {
  const { handshake, environment, asked, answer } = shakeHands()
  handshake.abandon()
  t.equal(environment.timers, 0)
  handshake.create()
  await settle()
  handshake.abandon()
  answer(Response.json({ message: 'no' }, { status: 503 }))
  await settle()
  t.strictSame(asked(), ['POST /connections'])
  t.equal(environment.timers, 0)
})
