import { Pitch } from '../../media/pitch.js'

/** Quieter is silence, in dBFS. */
const SILENCE = -80

/** 43 ms at 48000 Hz. */
const SAMPLES = 2048

/** The channels of a stream, each as it is heard at the moment, for the page to look at until the signal aborts. */
export function soundsOf (stream: MediaStream, channels: 1 | 2, signal: AbortSignal): Sound[] {
  const context = new AudioContext()
  const splitter = new ChannelSplitterNode(context, { numberOfOutputs: channels })
  context.createMediaStreamSource(stream).connect(splitter)
  signal.addEventListener('abort', () => context.close())
  return Array.from({ length: channels }, (_, channel) => {
    const analyser = new AnalyserNode(context, { fftSize: SAMPLES })
    splitter.connect(analyser, channel)
    return new Sound(analyser)
  })
}

/** What a page hears at the moment, of one channel. */
export class Sound {
  readonly samples = new Float32Array(SAMPLES)
  readonly #analyser: AnalyserNode
  readonly #pitch: Pitch

  constructor (analyser: AnalyserNode) {
    this.#analyser = analyser
    this.#pitch = new Pitch(SAMPLES, analyser.context.sampleRate)
  }

  /** Looks at it anew. */
  update (): void {
    this.#analyser.getFloatTimeDomainData(this.samples)
  }

  /** In Hz; undefined where there is no tone. */
  get frequency (): number | undefined {
    return this.#pitch.find(this.samples)
  }

  /** How loud it is, in dBFS: a sine wave that is as large as can be has -3. */
  get level (): number {
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length
    return Math.max(SILENCE, 10 * Math.log10(power))
  }
}
