/** What the tests have to cover whole: everything that is published. */
export default () => ['plugin/**/*.ts', 'schemas/**/*.ts', 'generated-client/**/*.ts']
