import { build } from 'esbuild'
import type { FastifyInstance } from 'fastify'

/** Serves a page at / that runs the script, and nothing else. */
export async function addPage (app: FastifyInstance, script: string): Promise<void> {
  const { outputFiles: [bundle] } = await build({ entryPoints: [script], bundle: true, write: false })
  app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>'))
  app.get('/page.js', (_request, reply) => reply.type('text/javascript').send(bundle!.text))
}

/** What the pages of every browser can: a function runs there, and settles here. */
export interface ScriptedPage {
  evaluate<Arg, Result> (pageFunction: (arg: Arg) => Result | Promise<Result>, arg: Arg): Promise<Result>
}
