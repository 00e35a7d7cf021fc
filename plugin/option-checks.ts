import { inspect } from 'node:util'
import { InvalidOptionError } from './errors.js'

/** What is wrong with a value, in words; undefined when nothing is. */
export type Check = (value: unknown) => string | undefined
export type Checks<Options> = Record<keyof Options, Check>

/** Timers of Node overflow beyond it and fire at once. */
export const MAX_TIME = 2 ** 31 - 1

/** Throws FST_WEBRTC_INVALID_OPTION for the first option that is wrong or unknown. */
export function checkOptions (options: object, checks: Record<string, Check>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!Object.hasOwn(checks, name)) throw new InvalidOptionError(`${name}: there is no such option; expected one of ${Object.keys(checks).join(', ')}`)
    const problem = checks[name]!(value)
    if (problem) throw new InvalidOptionError(`${name}: ${problem}`)
  }
}

export function satisfies (expected: string, predicate: (value: unknown) => boolean): Check {
  return value => predicate(value) ? undefined : `expected ${expected}, found ${show(value)}`
}

/** For what is checked by trying it: the attempt says itself what is wrong. */
export function accepts (expected: string, attempt: (value: unknown) => void): Check {
  return value => {
    try {
      attempt(value)
    } catch (error) {
      return `expected ${expected}: ${(error as Error).message}`
    }
  }
}

export function integer (minimum: number, maximum: number, unit = ''): Check {
  return satisfies(`an integer from ${minimum} to ${maximum}${unit && ` ${unit}`}`, value => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum)
}

export const time = integer(1, MAX_TIME, 'milliseconds')
/** With Infinity there is no limit. */
export const limit = satisfies('an integer of at least 1, or Infinity', value => value === Infinity || (Number.isSafeInteger(value) && Number(value) > 0))
export const port = integer(1, 65535)
export const callback = satisfies('a function', value => typeof value === 'function')

export function show (value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Infinity })
}
