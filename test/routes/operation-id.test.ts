import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { createOperationIdPrefix, prefixOperationId } from '../../plugin/routes/operation-id.js'

const CASES: Record<string, [prefixes: string[], expected: string[]]> = {
  'the empty prefix': [[''], ['']],
  'a slash': [['/'], ['']],
  'a word': [['/rooms'], ['rooms']],
  'words with hyphens': [['/ping-pong'], ['pingPong']],
  folders: [['/api/v1/rooms/'], ['apiV1Rooms']],
  'a parameter': [['/rooms/:room'], ['roomsRoom']],
  capitals: [['/API/Rooms'], ['aPIRooms']],
  'no letter of ASCII': [['/комната'], ['']],
  'the same letters': [['/a-b', '/a/b', '/a_b'], ['aB', 'aB2', 'aB3']],
  'a number that is taken': [['/a-b2', '/a-b', '/a/b'], ['aB2', 'aB', 'aB3']],
  'nothing twice': [['', '/', '/-'], ['', 'registration2', 'registration3']]
}

for (const [name, [prefixes, expected]] of Object.entries(CASES)) {
  t.test(`createOperationIdPrefix -> ${name} -> ${expected.map(prefix => `'${prefix}'`)}`, async t => {
    const server = {}
    t.strictSame(prefixes.map(prefix => createOperationIdPrefix({ server, prefix } as FastifyInstance)), expected)
    t.strictSame(createOperationIdPrefix({ server: {}, prefix: prefixes[0] } as FastifyInstance), expected[0], 'another application knows nothing of it')
  })
}

t.test('prefixOperationId -> a prefix, or none -> camel case', async t => {
  t.equal(prefixOperationId('', 'createConnection'), 'createConnection')
  t.equal(prefixOperationId('pingPong', 'createConnection'), 'pingPongCreateConnection')
})
