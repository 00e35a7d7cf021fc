import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Connection, WebRtcConnection } from '../../plugin/index.js'
import { signal, within } from '../helpers/deadline.js'
import { launchChromium } from '../helpers/chromium.js'
import { hasStatus, listConnections, openPage, readOrigin, serveDemo, startDemo } from '../helpers/demo.js'

t.setTimeout(300_000)

const browser = await launchChromium(t)

t.test('the index page leads to the example, Swagger UI and the documents', async t => {
  const origin = await serveDemo(t)
  const { page, errors } = await openPage(t, browser, origin)
  t.match(await page.locator('.lead').innerText(), /^[^.]+\. [^.]+\.$/, 'two sentences')

  const links = await page.locator('a').evaluateAll(links => links.map(link => (link as HTMLAnchorElement).href))
  for (const link of ['/', '/documentation/', '/ping-pong/', '/ping-pong/openapi.json', '/ping-pong/openapi.yaml']) t.ok(links.includes(origin + link), link)
  for (const link of new Set(links)) {
    const answer = await fetch(link)
    t.equal(answer.status, 200, link)
    t.match(answer.headers.get('content-security-policy'), /default-src 'self'/)
  }

  await page.getByRole('link', { name: 'Ping-pong' }).click()
  await page.getByRole('heading', { name: 'Ping-pong' }).waitFor()
  await page.getByRole('link', { name: 'API' }).click()
  await page.getByText('/ping-pong/connections/{id}/local-description').waitFor()
  t.same(errors, [])
})

t.test('ping-pong: Start, pongs with their round-trip times, Stop, and again', async t => {
  const origin = await readOrigin(startDemo(t))
  const { page, errors } = await openPage(t, browser, `${origin}/ping-pong/`)
  t.match(await page.locator('.lead').innerText(), /^[^.]+\. [^.]+\.$/, 'two sentences')

  for (const round of ['first', 'again']) {
    await page.getByRole('button', { name: 'Start' }).click()
    await hasStatus(page, 'Connected')
    for (const count of [1, 2, 3]) await pong(page, count)
    const [latest, , first] = await rows(page)
    t.match(latest, ['3', /^\d\d:\d\d:\d\d$/, 'pong', /^\d+\.\d ms$/], `${round}: the latest on top`)
    t.match(first, ['1', /^\d\d:\d\d:\d\d$/, 'pong', /^\d+\.\d ms$/])
    t.equal(await page.locator('#connection-state').innerText(), 'connected')
    t.equal(await page.locator('#ice-state').innerText(), 'connected')
    await page.locator('#candidate-pair', { hasText: /^(host|prflx) .*\d ↔ (host|prflx) .*\d, UDP$/ }).waitFor()
    t.same((await listConnections(origin, 'ping-pong')).map(({ connectionState }) => connectionState), ['connected'])

    const deleted = page.waitForResponse(response => response.request().method() === 'DELETE')
    await page.getByRole('button', { name: 'Stop' }).click()
    await hasStatus(page, 'Stopped')
    t.equal((await deleted).status(), 200)
    t.same(await listConnections(origin, 'ping-pong'), [], `${round}: nothing is left at the server`)
    t.equal(await page.locator('#connection-state').innerText(), '–')
  }
  t.same(errors, [])
})

t.test('ping-pong: with the keyboard alone', async t => {
  const origin = await serveDemo(t)
  const { page, errors } = await openPage(t, browser, `${origin}/ping-pong/`)
  const focused = () => page.evaluate(() => document.activeElement?.textContent)
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 10 && await focused() !== name; presses++) await page.keyboard.press('Tab')
    t.equal(await focused(), name)
    t.equal(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle), 'solid', 'focus is seen')
  }
  for (const key of ['Enter', 'Space']) {
    await tabTo('Start')
    await page.keyboard.press(key)
    await hasStatus(page, 'Connected')
    await pong(page, 1)
    t.equal(await focused(), 'Start', 'focus stays')
    await page.keyboard.press('Tab')
    t.equal(await focused(), 'Stop')
    await page.keyboard.press(key)
    await hasStatus(page, 'Stopped')
    await page.keyboard.press('Shift+Tab')
  }
  t.same(errors, [])
})

t.test('ping-pong: the log keeps the last 100', async t => {
  const origin = await serveDemo(t)
  const { page } = await openPage(t, browser, 'about:blank')
  await page.clock.install()
  await page.goto(`${origin}/ping-pong/`)
  await page.getByRole('button', { name: 'Start' }).click()
  for (let count = 1; count <= 103; count++) {
    await pong(page, count)
    await page.clock.runFor(1000)
  }
  const log = await rows(page)
  t.equal(log.length, 100)
  t.equal(log.at(-1)![0], '5')
})

t.test('ping-pong: Stop while it connects, and another Start', async t => {
  const origin = await serveDemo(t)
  const { page, errors } = await openPage(t, browser, `${origin}/ping-pong/`)
  const gate = signal()
  await page.route('**/connections', async route => {
    await gate.promise
    await route.continue()
  })
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, 'Connecting…')
  await page.getByRole('button', { name: 'Stop' }).click()
  await hasStatus(page, 'Stopped')
  await page.getByRole('button', { name: 'Start' }).click()
  const deleted = page.waitForResponse(response => response.request().method() === 'DELETE')
  gate.resolve()
  await hasStatus(page, 'Connected')
  await pong(page, 1)
  t.equal((await deleted).status(), 200)
  t.same((await listConnections(origin, 'ping-pong')).map(({ connectionState }) => connectionState), ['connected'], 'the first is gone')
  t.same(errors, [])
})

t.test('ping-pong: a page that is left closes the server\'s end', async t => {
  const closed = signal<string>()
  const origin = await serveDemo(t, { connectionOptions: { onClosed: (_connection, reason) => closed.resolve(reason) } })
  const { page } = await openPage(t, browser, `${origin}/ping-pong/`)
  await page.getByRole('button', { name: 'Start' }).click()
  await pong(page, 1)
  await page.goto(origin)
  t.match(await within(closed.promise, 'the end of the connection'), /^(deleted|peer)$/)
})

t.test('ping-pong: too many connections are said in words, and tried again when there may be room', async t => {
  const origin = await serveDemo(t, { connectionOptions: { maxPendingConnections: 1, timeToConnected: 10_000 } })
  const { page } = await openPage(t, browser, 'about:blank')
  await page.clock.install()
  await page.goto(`${origin}/ping-pong/`)
  const pending = await (await fetch(`${origin}/ping-pong/connections`, { method: 'POST' })).json() as WebRtcConnection
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, /^The server has too many connections that are not established yet\. Trying again in \d+ seconds…$/)
  t.equal(await page.getByRole('status').getAttribute('data-kind'), 'connecting')

  await fetch(`${origin}/ping-pong/connections/${pending.id}`, { method: 'DELETE' })
  await page.clock.runFor(11_000)
  await hasStatus(page, 'Connected')
})

t.test('ping-pong: a server that closes the connection is said in words', async t => {
  const { promise, resolve } = signal<Connection>()
  const origin = await serveDemo(t, { connectionOptions: { onConnected: resolve } })
  const { page } = await openPage(t, browser, `${origin}/ping-pong/`)
  await page.getByRole('button', { name: 'Start' }).click()
  await pong(page, 1)
  ;(await within(promise, 'a connection')).close()
  await within(hasStatus(page, 'The server has closed the connection.'), 'the news, long before the silence is noticed')
})

t.test('ping-pong: a server that is stopped and started again -> said in words, and the pings go on', async t => {
  const child = startDemo(t, { DRAIN_SECONDS: '0' })
  const origin = await readOrigin(child)
  const { page } = await openPage(t, browser, `${origin}/ping-pong/`)
  await page.getByRole('button', { name: 'Start' }).click()
  await pong(page, 1)
  child.process.kill('SIGTERM')
  await within(hasStatus(page, /^(The server has closed its end|The server cannot be reached. Is it running\?|The server is shutting down).*…$/), 'the news, long before the silence is noticed')
  t.match(await child.ended, { exitCode: 0, stderr: '' })
  await hasStatus(page, /^The server cannot be reached\. Is it running\? Trying again( in .*)?…$/)
  await readOrigin(startDemo(t, { PORT: new URL(origin).port }))
  await hasStatus(page, 'Connected again, to a server that was started anew')
  await pong(page, 3)
})

t.test('ping-pong: a server that has died is said in words', async t => {
  const child = startDemo(t)
  const { page } = await openPage(t, browser, `${await readOrigin(child)}/ping-pong/`)
  await page.getByRole('button', { name: 'Start' }).click()
  await pong(page, 1)
  child.process.kill('SIGKILL')
  await hasStatus(page, 'The server does not answer. Waiting for it…')
  await hasStatus(page, /^The server (does not answer any more|cannot be reached. Is it running\?).* Trying again.*…$/)
  await page.getByRole('button', { name: 'Stop' }).click()
  await hasStatus(page, 'Stopped')
})

t.test('ping-pong: a server that is not to be found over UDP is said in words', async t => {
  const origin = await serveDemo(t)
  const { page } = await openPage(t, browser, 'about:blank')
  await page.clock.install()
  await page.goto(`${origin}/ping-pong/`)
  // The answer does not reach the server, which is then as good as behind a firewall.
  await page.route('**/remote-description', route => route.fulfill({ json: route.request().postDataJSON() }))
  const answered = page.waitForResponse('**/remote-description')
  await page.getByRole('button', { name: 'Start' }).click()
  await answered
  await page.clock.runFor(10_000)
  await hasStatus(page, /^The server cannot be reached over UDP\. Trying again( in .*)?…$/)
})

t.test('ping-pong: the page shows its own source', async t => {
  const origin = await serveDemo(t)
  const { page } = await openPage(t, browser, `${origin}/ping-pong/`)
  for (const file of ['server.ts', 'browser.ts']) {
    await page.getByText(file, { exact: true }).click()
    const shown = page.locator('details', { hasText: file }).locator('pre')
    t.ok(await shown.isVisible())
    t.equal(await shown.textContent(), await readFile(`examples/ping-pong/${file}`, 'utf8'))
  }
})

t.test('every page fits a phone, in light and dark', async t => {
  const origin = await serveDemo(t)
  const backgrounds = new Set<string>()
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, errors } = await openPage(t, browser, origin, { colorScheme, viewport: { width: 375, height: 667 } })
    const fits = async (what: string) => {
      const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
      t.equal(content, width, `${what} does not scroll sideways`)
    }
    await fits('the index page')
    const examples = await page.locator('.card h3 a').evaluateAll(links => links.map(link => (link as HTMLAnchorElement).href))
    backgrounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor))
    for (const example of examples) {
      await page.goto(example)
      await fits(example)
    }
    await page.goto(`${origin}/ping-pong/`)
    await page.getByRole('button', { name: 'Start' }).click()
    await pong(page, 1)
    for (const file of ['server.ts', 'browser.ts']) await page.getByText(file, { exact: true }).click()
    await fits('ping-pong, running, with its source')
    t.same(errors, [])
  }
  t.equal(backgrounds.size, 2)
})

/** Settles when the server has answered this ping. */
async function pong (page: Page, count: number): Promise<void> {
  await page.locator('tbody tr', { has: page.getByRole('cell', { name: String(count), exact: true }) }).filter({ hasText: 'pong' }).waitFor()
}

/** What the log shows, cell by cell. */
async function rows (page: Page): Promise<string[][]> {
  return await page.locator('tbody tr').evaluateAll(rows => rows.map(row => [...(row as HTMLTableRowElement).cells].map(cell => cell.textContent ?? '')))
}
