/** A worker that serves and ends, the fourth in a way that its primary ends too. */
import { appendFileSync, readFileSync } from 'node:fs'

const file = process.env.STARTS!
appendFileSync(file, 'start\n')
process.send!('alive', () => {
  if (readFileSync(file, 'utf8').split('\n').length > 4) process.kill(process.ppid, 'SIGTERM')
  else process.exit(3)
})
