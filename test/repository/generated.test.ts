import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runChild } from '../helpers/child.js'

const FILES = ['openapi.yaml', 'openapi-3.0.yaml', 'generated-client/schema.ts']

t.test('npm run generate -> into an empty folder -> the files that are committed', async t => {
  const folder = t.testdir()
  const { exitCode, stderr } = await runChild('scripts/generate.ts', { args: [folder], deadline: 50_000 })
  t.equal(exitCode, 0, 'exit code', { stderr })
  for (const file of FILES) t.equal(readFileSync(join(folder, file), 'utf8'), readFileSync(file, 'utf8'), file)
})

t.test('openapi-3.0.yaml -> beside openapi.yaml -> another version line alone', async t => {
  const [lines = [], lines30 = []] = ['openapi.yaml', 'openapi-3.0.yaml'].map(file => readFileSync(file, 'utf8').split('\n'))
  t.equal(lines30.length, lines.length)
  const different = lines.flatMap((line, index) => line === lines30[index] ? [] : [[line, lines30[index]]])
  t.strictSame(different, [['openapi: 3.1.0', 'openapi: 3.0.3']])
})
