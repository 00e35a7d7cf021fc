/**
 * The browser of the connect bench, in a process of its own, for it may have to be in another network namespace. Its argument is a
 * JSON plan. The contestants take turns, each in a page of the server that it is to run in. Writes a line for each connect, and one when it is done.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { startChromium } from '../test/helpers/chromium.js'
import type { Steps } from './connect-steps.js'
import { CONTESTANTS, type Contestant, type ContestantName, type ServerName } from './contestants.js'

export interface Plan {
  contestants: ContestantName[]
  origins: Record<ServerName, string>
  runs: number
  /** Whether the page may use a camera, so that its candidates are addresses. */
  fakeMedia: boolean
  /** Between two connects, in milliseconds: so that what the first has to say at its end does not take the second one's time. */
  pause: number
  /** Whether to tell when each step of a connect was done. */
  withSteps: boolean
}

/** One connect; without a duration it failed. */
export interface Connect {
  contestant: ContestantName
  /** In milliseconds. */
  duration?: number
  steps?: Steps
  error?: string
}

/** Chromium keeps closed peers until their garbage is collected, and takes no more than some 500. */
const COLLECT_EVERY = 20
const DEADLINE = 15_000

const { contestants, origins, runs, fakeMedia, pause, withSteps }: Plan = JSON.parse(process.argv[2]!)
const scripts = [...withSteps ? ['connect-steps'] : [], 'connect-page']
const { outputFiles } = await build({ entryPoints: scripts.map(script => `bench/${script}.ts`), bundle: true, write: false, outdir: '.' })
const browser = await startChromium({ fakeMedia, secureOrigins: Object.values(origins) })
const pages = new Map<ServerName, Page>()
for (const contestant of contestants) await openPage(pageOf(contestant))
// The first round warms both ends up.
for (let run = 0; run <= runs; run++) {
  for (const contestant of contestants) {
    const result = await connect(contestant)
    await sleep(pause)
    if (run > 0) console.log(JSON.stringify(result))
  }
  if (run % COLLECT_EVERY === 0) for (const page of pages.values()) await page.evaluate(() => window.gc?.())
}
console.log('done')
await browser.close()

async function openPage (server: ServerName): Promise<void> {
  if (pages.has(server)) return
  const page = await browser.newPage()
  await page.goto(origins[server])
  for (const { text } of outputFiles) await page.addScriptTag({ content: text })
  if (fakeMedia) await page.evaluate(async () => { await navigator.mediaDevices.getUserMedia({ audio: true }) })
  pages.set(server, page)
}

async function connect (contestant: ContestantName): Promise<Connect> {
  const { server } = CONTESTANTS[contestant]
  const page = pages.get(pageOf(contestant))!
  try {
    const result = await page.evaluate(async ({ contestant, origin, deadline, withSteps }) => await Promise.race([
      withSteps ? window.recordSteps(() => window.flows[contestant](origin)) : window.flows[contestant](origin).then(duration => ({ duration })),
      new Promise<never>((_resolve, reject) => { setTimeout(() => reject(new Error('no message back')), deadline) })
    ]), { contestant, origin: origins[server], deadline: DEADLINE, withSteps })
    return { contestant, ...result }
  } catch (error) {
    return { contestant, error: (error as Error).message }
  }
}

function pageOf (name: ContestantName): ServerName {
  const { server, page = server }: Contestant = CONTESTANTS[name]
  return page
}
