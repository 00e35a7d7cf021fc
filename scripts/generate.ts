/** Writes openapi.yaml and openapi-3.0.yaml from the routes, and generated-client/schema.ts from openapi.yaml. With a folder as its argument, writes there instead. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import openapiTypescript, { astToString } from 'openapi-typescript'
import signaling from '../plugin/index.js'

const [folder = '.'] = process.argv.slice(2)
const HEADER = 'Made by `npm run generate`; do not edit.'

const app = Fastify()
await app.register(signaling)
const { body } = await app.inject('/openapi.yaml')
await app.close()
const openapi = `# ${HEADER}\n${body}`

await mkdir(join(folder, 'generated-client'), { recursive: true })
await writeFile(join(folder, 'openapi.yaml'), openapi)
// The document uses nothing that the two versions have different words for; the linter checks each against its own.
await writeFile(join(folder, 'openapi-3.0.yaml'), openapi.replace('openapi: 3.1.0', 'openapi: 3.0.3'))

const types = astToString(await openapiTypescript(pathToFileURL(join(folder, 'openapi.yaml')), { enum: false }))
await writeFile(join(folder, 'generated-client/schema.ts'), `// ${HEADER}\n/* eslint-disable -- as openapi-typescript writes it */\n${types}`)
