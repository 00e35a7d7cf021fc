import { Type, type TUnsafe } from '@sinclair/typebox'

/** One of the given words, as a single JSON Schema `enum`: a union of literals becomes `anyOf`, which generators turn into a type per word. */
export function StringEnum<const Words extends readonly string[]> (words: Words, description: string): TUnsafe<Words[number]> {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], description })
}
