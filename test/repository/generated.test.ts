import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const FILES = ['openapi.yaml', 'openapi-3.0.yaml', 'generated-client/schema.ts']

t.test('npm run generate -> into an empty folder -> the files that are committed', async t => {
  const folder = t.testdir()
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', folder], { encoding: 'utf8', timeout: 50_000 })
  if (!t.equal(status, 0, stderr)) return
  for (const file of FILES) t.equal(readFileSync(join(folder, file), 'utf8'), readFileSync(file, 'utf8'), file)
})

t.test('openapi-3.0.yaml -> beside openapi.yaml -> another version line alone', async t => {
  const [lines = [], lines30 = []] = ['openapi.yaml', 'openapi-3.0.yaml'].map(file => readFileSync(file, 'utf8').split('\n'))
  t.equal(lines30.length, lines.length)
  const different = lines.flatMap((line, index) => line === lines30[index] ? [] : [[line, lines30[index]]])
  t.strictSame(different, [['openapi: 3.1.0', 'openapi: 3.0.3']])
})
