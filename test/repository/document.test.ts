/** What the generators of other languages need, beyond a valid document. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'

interface Schema { type?: string, format?: string, $ref?: string, properties?: Record<string, Schema>, items?: Schema }
interface Operation {
  parameters?: { name: string }[]
  responses: Record<string, { content: Record<string, { schema: Schema }> }>
}

const { paths, components } = parse(readFileSync('openapi.yaml', 'utf8')) as {
  paths: Record<string, Record<string, Operation & { operationId: string }>>
  components: { schemas: Record<string, Schema> }
}

for (const { operationId, parameters = [], responses } of Object.values(paths).flatMap(path => Object.values(path))) {
  t.test(`${operationId} -> its answers -> one success, and else one type of error`, async t => {
    const statuses = Object.keys(responses)
    t.equal(statuses.filter(status => status.startsWith('2')).length, 1)
    t.notOk(statuses.includes('default'), 'some generators take the default for a success, too')
    const errors = statuses.filter(status => !status.startsWith('2')).map(status => responses[status]!.content['application/json']?.schema.$ref)
    t.strictSame([...new Set(errors)], ['#/components/schemas/WebRtcError'])
  })

  t.test(`${operationId} -> its parameters -> other names in every language's case`, async t => {
    const names = parameters.map(({ name }) => name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase())
    t.strictSame(names, [...new Set(names)])
  })
}

t.test('null -> anywhere in the document -> is none', async t => {
  t.notMatch(readFileSync('openapi-3.0.yaml', 'utf8'), /nullable|: "?null"?$/m)
})

t.test('a number -> in any object -> has the width it needs', async t => {
  for (const [name, schema] of Object.entries(components.schemas)) {
    for (const [property, { type, format }] of Object.entries(schema.properties ?? {})) {
      if (type === 'number') t.equal(format, 'double', `${name}.${property}`)
      if (type === 'integer' && /^(bytes|messages)/.test(property)) t.equal(format, 'int64', `${name}.${property}`)
    }
  }
})
