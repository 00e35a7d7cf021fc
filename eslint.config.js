import neostandard from 'neostandard'

export default neostandard({
  ts: true,
  ignores: ['dist', '.tap', 'generated-client/schema.ts', 'examples/clients/*/*/']
})
