import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** A regular expression of a source file, and where it is. */
export interface SourceExpression {
  where: string
  expression: RegExp
}

/** Every regular expression in a TypeScript file: literals, and those that are made of text, with a 1 wherever something is put in. */
export function readRegularExpressions (path: string): SourceExpression[] {
  const found: SourceExpression[] = []
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const add = (node: ts.Node, source: string, flags: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
    found.push({ where: `${path}:${line + 1}`, expression: new RegExp(source, flags) })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      add(node, node.text.slice(1, end), node.text.slice(end + 1))
    } else if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && ts.isIdentifier(node.expression) && node.expression.text === 'RegExp') {
      const [source, flags] = (node.arguments ?? []).map(argument => readText(argument, file))
      add(node, source!, flags ?? '')
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function readText (node: ts.Expression, file: ts.SourceFile): string {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map(({ literal }) => `1${literal.text}`).join('')
  throw new Error(`expected a text that can be read, found ${node.getText(file)}`)
}
