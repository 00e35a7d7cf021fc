/**
 * Runs in a network namespace: a page of Chromium with a connection to the server whose origin is the first argument; its path is cut
 * for each of the times, in seconds, that are the other ones. Writes what the connection went through, and how long it took to come back.
 */
import { execFileSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { startChromium } from '../helpers/chromium.js'

const [origin = '', ...times] = process.argv.slice(2)
const browser = await startChromium()
try {
  const page = await browser.newPage()
  await page.goto(origin)
  await page.evaluate(() => window.openConnections(1))
  await page.waitForFunction(() => window.connections[0]!.count === 1, undefined, { timeout: 30_000 })

  const cuts = []
  for (const seconds of times.map(Number)) {
    const before = await page.evaluate(() => window.connections[0]!.count)
    nft('add table inet cut; add chain inet cut input { type filter hook input priority 0; policy drop; }')
    await setTimeout(seconds * 1000)
    nft('delete table inet cut')
    const returned = performance.now()
    await page.evaluate(() => window.ask())
    await page.waitForFunction(before => window.connections[0]!.count > before, before, { timeout: 40_000 })
    const { count, events } = await page.evaluate(() => window.connections[0]!)
    cuts.push({ seconds, before, count, events: [...events], back: Math.round(performance.now() - returned) })
  }
  console.log(JSON.stringify(cuts))
} finally {
  await browser.close()
}

function nft (command: string): void {
  execFileSync('nft', [command], { stdio: ['ignore', 'ignore', 'inherit'] })
}
