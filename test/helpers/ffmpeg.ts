import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findExecutable } from './executable.js'

const run = promisify(execFile)

export interface MediaFile {
  /** In seconds. */
  duration: number
  codecs: string[]
  /** When the last packet of each stream is shown, in seconds. */
  ends: number[]
  /** `width x height` of every frame that differs from the one before. */
  sizes: string[]
  /** What the decoders complain about. */
  errors: string
}

/** The path of ffprobe: FFPROBE_PATH, or on PATH; undefined when there is none. */
export function findFfprobe (): string | undefined {
  return findExecutable('FFPROBE_PATH', ['ffprobe'])
}

/** What ffprobe finds in a file, all of which it decodes. */
export async function probe (path: string): Promise<MediaFile> {
  const { stdout, stderr } = await run(findFfprobe()!, ['-v', 'error', '-of', 'json', '-show_entries', 'format=duration:stream=codec_name:frame=stream_index,pts_time,width,height', '-show_frames', path], { maxBuffer: 2 ** 26 })
  const { format, streams, frames }: { format: { duration: string }, streams: { codec_name: string }[], frames: { stream_index: number, pts_time: string, width?: number, height?: number }[] } = JSON.parse(stdout)
  const sizes = frames.filter(({ width }) => width).map(({ width, height }) => `${width}x${height}`)
  return {
    duration: Number(format.duration),
    codecs: streams.map(({ codec_name: name }) => name).sort(),
    ends: streams.map((_, index) => Math.max(...frames.filter(frame => frame.stream_index === index).map(frame => Number(frame.pts_time)))),
    sizes: sizes.filter((size, index) => size !== sizes[index - 1]),
    errors: stderr
  }
}
