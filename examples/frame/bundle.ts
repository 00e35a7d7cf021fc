import { fileURLToPath } from 'node:url'
import { basename } from 'node:path'
import { build } from 'esbuild'

/** The browser.ts of each example as one script with everything it imports, by the example's name. */
export async function bundleBrowserFiles (names: string[]): Promise<Map<string, string>> {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: names.map(name => ({ in: `${name}/browser.ts`, out: name })),
    outdir: folder,
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline'
  })
  return new Map(outputFiles.map(({ path, text }) => [basename(path, '.js'), text]))
}
