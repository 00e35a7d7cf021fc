import type { Field } from '../frame/browser/field.js'

/** A tone whose frequency the field says, until the signal aborts. */
export async function openOscillator (frequency: Field, signal: AbortSignal): Promise<MediaStream> {
  const context = new AudioContext()
  const oscillator = new OscillatorNode(context, { frequency: frequency.value })
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
  oscillator.connect(new GainNode(context, { gain: 0.5 })).connect(destination)
  oscillator.start()
  frequency.onInput(() => { oscillator.frequency.value = frequency.value }, signal)
  signal.addEventListener('abort', () => context.close())
  return destination.stream
}
