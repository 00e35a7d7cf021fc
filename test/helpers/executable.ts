import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The path of a program: what the variable says, or the first of its names on PATH; undefined when there is none of them. Throws when the variable says where nothing is. */
export function findExecutable (variable: string, names: readonly string[], env: NodeJS.ProcessEnv = process.env): string | undefined {
  const path = env[variable]
  if (path) {
    if (isExecutable(path)) return path
    throw new Error(`${variable} is ${path}, where there is no program`)
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable)
}

function isExecutable (path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
