import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A source file and what it imports, in the words of its import statements. */
export interface Module {
  path: string
  imports: { path: string, isType: boolean }[]
}

/** The TypeScript files in the folders, by path. */
export function readModules (folders: string[]): Map<string, Module> {
  const paths = folders.flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)))
  return new Map(paths.filter(path => path.endsWith('.ts')).map(path => [path, { path, imports: readImports(path) }]))
}

/** Whatever names another file: imports, exports from, `import()` as an expression and as a type. */
function readImports (path: string): Module['imports'] {
  const imports: Module['imports'] = []
  const add = (node: ts.Node | undefined, isType: boolean) => {
    if (node && ts.isStringLiteral(node)) imports.push({ path: node.text, isType })
  }
  const visit = (node: ts.Node): void => {
    // `import { type A }` loads the file all the same: verbatimModuleSyntax keeps the statement.
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest))
  return imports
}
