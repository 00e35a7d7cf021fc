import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { openPage } from '../helpers/demo.js'
import { serveMedia } from './media-server.js'
import { addAndRemoveCamera, answerTooLate, collide, sendBack, viewBroadcast } from './renegotiation.js'

t.setTimeout(120_000)

const server = await serveMedia(t)
const browser = await launchChromium(t)

for (const flow of ['client offers', 'server offers'] as const) {
  t.test(`audio and video, ${flow} -> sent back by the server -> pictures and sound that were sent`, async t => {
    const { page, errors } = await openPage(t, browser, server.url)
    await sendBack(t, page, flow)
    t.strictSame(errors, [])
  })
}

t.test('a camera that is added and removed while connected, three times -> comes back, and is gone', async t => {
  const { page, errors } = await openPage(t, browser, server.url)
  await addAndRemoveCamera(t, page, server)
  t.strictSame(errors.filter(error => !/409/.test(error)), [], 'the server may learn later than the page that they are connected')
})

t.test('a viewer -> gets its tracks when a broadcast begins', async t => {
  const { page, errors } = await openPage(t, browser, server.url)
  await viewBroadcast(t, page, server)
  t.strictSame(errors, [])
})

t.test('200 offers of the client that meet one of the server\'s -> both agree within a second, each time', async t => {
  const { page, errors } = await openPage(t, browser, server.url)
  await collide(t, page, server, 200)
  t.strictSame(errors.filter(error => !/409/.test(error)), [], 'browsers show each 409')
})

t.test('an answer that comes when the server has taken its offer back -> is taken back, and the next offer answered', async t => {
  const { page, errors } = await openPage(t, browser, server.url)
  await answerTooLate(t, page, server)
  t.strictSame(errors.filter(error => !/409/.test(error)), [])
})
