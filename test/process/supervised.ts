/** Runs in a process of its own: the primary of as many workers as its argument says. */
import { supervise } from '../../examples/supervisor.js'

supervise(new URL('supervised-worker.ts', import.meta.url), Number(process.argv[2]))
