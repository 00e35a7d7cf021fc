import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MediaStreamTrack } from '../../plugin/index.js'
import { Recording } from './recording.js'

const MAX_RECORDINGS = 8

/** The last recordings, in a folder that is there from the first one to the end of the server. */
export class Recordings {
  #folder: string | undefined
  readonly #recordings = new Map<string, Recording>()

  get folder (): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'fastify-webrtc-recordings-'))
    return this.#folder
  }

  /** The name of its file, which nobody can guess. The oldest one makes room. */
  create (tracks: MediaStreamTrack[]): { name: string, recording: Recording } {
    const name = `${randomBytes(16).toString('base64url')}.webm`
    const recording = new Recording(join(this.folder, name), tracks)
    this.#recordings.set(name, recording)
    if (this.#recordings.size > MAX_RECORDINGS) this.#remove(...this.#recordings.entries().next().value!)
    return { name, recording }
  }

  get (name: string): Recording | undefined {
    return this.#recordings.get(name)
  }

  /** Nothing is left of them. */
  async close (): Promise<void> {
    for (const recording of this.#recordings.values()) recording.finish()
    await Promise.allSettled([...this.#recordings.values()].map(({ finished }) => finished))
    this.#recordings.clear()
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }

  async #remove (name: string, recording: Recording): Promise<void> {
    this.#recordings.delete(name)
    recording.finish()
    await recording.finished.catch(() => {})
    rmSync(recording.path, { force: true })
  }
}
