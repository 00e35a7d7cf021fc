import type { Test } from 'tap'
import { startChild, type RunningChild } from '../helpers/child.js'
import type { ClusterProcessInit, ClusterProcessStart } from './cluster-process.js'

export interface ClusterProcess extends ClusterProcessStart {
  child: RunningChild
  /** How many connections it has. */
  size (): Promise<number>
}

/** A process of the cluster, which is ready; killed when the test ends. */
export async function startProcess (t: Pick<Test, 'teardown'>, init: ClusterProcessInit, deadline = 240_000): Promise<ClusterProcess> {
  const child = startChild(new URL('cluster-process.ts', import.meta.url), { args: [JSON.stringify(init)], deadline })
  t.teardown(() => {
    child.process.kill('SIGKILL')
    return child.ended
  })
  const start = JSON.parse(await child.line(30_000)) as ClusterProcessStart
  return {
    ...start,
    child,
    async size () {
      child.write('how many?')
      return JSON.parse(await child.line())
    }
  }
}

/** So many, which know each other. */
export async function startProcesses (t: Pick<Test, 'teardown'>, count: number, init: ClusterProcessInit): Promise<ClusterProcess[]> {
  const processes = []
  for (let number = 0; number < count; number++) processes.push(await startProcess(t, init))
  return processes
}
