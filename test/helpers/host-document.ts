import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import type { OpenApiDocument } from './conformance.js'

const REDOCLY = fileURLToPath(new URL('../../node_modules/.bin/redocly', import.meta.url))

/** What the plugin cannot know of a host: its licence, its servers, its security. */
const OF_THE_HOST = ['info-license', 'no-empty-servers', 'security-defined', 'no-server-example.com', 'operation-4xx-response', 'operation-description']

/** Throws with redocly's own words when it finds an error in a document, be it of a host or of a registration. */
export async function lintDocuments (t: Test, documents: Record<string, unknown>): Promise<void> {
  const folder = t.testdir()
  const names = Object.keys(documents).map((_name, index) => `${index}.json`)
  await Promise.all(Object.values(documents).map((document, index) => writeFile(join(folder, names[index]!), JSON.stringify(document))))
  await promisify(execFile)(REDOCLY, ['lint', ...names, '--extends=recommended', ...OF_THE_HOST.map(rule => `--skip-rule=${rule}`)], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '', REDOCLY_TELEMETRY: 'off' } })
    .catch(({ stdout, stderr }: { stdout: string, stderr: string }) => { throw new Error(`${Object.keys(documents)}:\n${stdout}${stderr}`) })
}

export function operationIds ({ paths }: OpenApiDocument): string[] {
  return Object.values(paths).flatMap(methods => Object.values(methods).map(({ operationId }) => operationId))
}
