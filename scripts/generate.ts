/** Writes openapi.yaml and openapi-3.0.yaml from the routes, and generated-client/schema.ts from openapi.yaml. With a folder as its argument, writes there instead. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { readDocument } from '../plugin/routes/document.js'
import { signaling } from '../plugin/routes/signaling.js'

const [folder = '.'] = process.argv.slice(2)
const HEADER = 'Made by `npm run generate`; do not edit.'

const app = Fastify()
await signaling(app, {})
await app.ready()
const openapi = `# ${HEADER}\n${readDocument(app, 'webRtcDocument', { yaml: true })}`
const openapi30 = `# ${HEADER}\n${readDocument(app, 'webRtcDocument30', { yaml: true })}`
await app.close()

await mkdir(join(folder, 'generated-client'), { recursive: true })
await writeFile(join(folder, 'openapi.yaml'), openapi)
await writeFile(join(folder, 'openapi-3.0.yaml'), openapi30)

const types = astToString(await openapiTypescript(pathToFileURL(join(folder, 'openapi.yaml')), { enum: false }))
await writeFile(join(folder, 'generated-client/schema.ts'), `// ${HEADER}\n/* eslint-disable -- as openapi-typescript writes it */\n${types}`)
