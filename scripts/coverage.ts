import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const FOLDER = '.tap/coverage/'

interface Coverage {
  'source-map-cache'?: Record<string, { data: { sourcesContent?: unknown[] } | null }>
}

/**
 * Lets the report read the sources itself. The source maps of tsx have `null` for their contents, which counts as a file of one
 * line that was run: docs/upstream/v8-to-istanbul-null-content.md
 */
export function mendCoverage (): void {
  for (const name of readdirSync(FOLDER)) {
    const coverage: Coverage = JSON.parse(readFileSync(FOLDER + name, 'utf8'))
    for (const { data } of Object.values(coverage['source-map-cache'] ?? {})) {
      if (data?.sourcesContent?.[0] === null) delete data.sourcesContent
    }
    writeFileSync(FOLDER + name, JSON.stringify(coverage))
  }
}
