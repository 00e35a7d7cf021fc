import { findFfprobe } from '../test/helpers/ffmpeg.js'
import { ensurePackages } from './debian.js'

/** ffprobe, for the tests that look into recordings. */
export function ensureFfmpeg (): void {
  ensurePackages(findFfprobe, ['ffmpeg'], 'No ffprobe on PATH: its tests are left out. Install ffmpeg, or set FFPROBE_PATH to where it is')
}
