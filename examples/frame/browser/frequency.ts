import { Field } from './field.js'

/** A slider for the frequency of a tone. */
export function frequencyField (): Field {
  return new Field('range', { caption: 'Frequency', unit: 'Hz', value: 440, min: 100, max: 2000 })
}

/** What is not known has no words. */
export function formatFrequency (frequency: number | undefined): string | undefined {
  return frequency === undefined ? undefined : `${frequency.toFixed(1)} Hz`
}
