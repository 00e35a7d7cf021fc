import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'

/** A table: the cells of each row by their columns. */
export type Rows = Record<string, Record<string, string | number>>

const FOLDER = new URL('results/', import.meta.url)

/** How busy the machine was before the bench itself had anything to do. */
const [load] = loadavg()

/** Prints the rows as a table, and writes them to results/, with every value that they were made from and what they were measured on. */
export function report (name: string, title: string, rows: Rows, values?: unknown): void {
  console.log(`\n${title}`)
  console.table(rows)
  const machine = { node: process.version, kernel: release(), cpu: cpus()[0]?.model, cores: cpus().length, load }
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(new URL(`${encodeURIComponent(name)}.json`, FOLDER), `${JSON.stringify({ title, date: new Date().toISOString(), machine, rows, values }, null, 2)}\n`)
}
