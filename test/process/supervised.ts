/** Runs in a process of its own: the primary of as many workers as its argument says, each of which runs the script. */
import { supervise } from '../../examples/supervisor.js'

const [, , count, script] = process.argv
supervise(new URL(script!, import.meta.url), Number(count))
