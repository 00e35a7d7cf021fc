import { readFileSync } from 'node:fs'
import t from 'tap'
import * as errors from '../../plugin/errors.js'
import { WebRtcClosedEventSchema } from '../../schemas/event.js'

const document = readFileSync('docs/errors.md', 'utf8')

t.test('every error of plugin/errors.ts -> in the table of docs/errors.md with its status, and no other', async t => {
  const documented = [...document.matchAll(/^\| `(FST_\w+)` \| (\d+) \|/gm)].map(([, code, status]) => `${code} ${status}`)
  const found = Object.values(errors).map(ErrorClass => new (ErrorClass as new (...args: unknown[]) => { code: string, statusCode: number })(0)).map(({ code, statusCode }) => `${code} ${statusCode}`)
  t.strictSame(documented.sort(), found.sort())
})

t.test('every CloseReason -> in the table of docs/errors.md, and no other', async t => {
  const documented = [...document.slice(document.indexOf('## Why')).matchAll(/^\| `([\w-]+)` \|/gm)].map(([, reason]) => reason)
  const { enum: found } = WebRtcClosedEventSchema.properties.reason as unknown as { enum: string[] }
  t.strictSame(documented.sort(), [...found].sort())
})
