/** Runs in a process of its own: the plugin in a worker thread before, while and after the main thread uses it. Writes what the worker threads are told. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { signal } from '../helpers/deadline.js'

const script = new URL('in-worker-thread.ts', import.meta.url)

const told = [await runWorker()]
// The far end loads the library: not before the first worker thread has ended.
const { connectPeers } = await import('../helpers/peers.js')
const ended = signal()
const closers: (() => unknown)[] = []
await connectPeers({ teardown: (close: () => unknown) => { closers.unshift(close) } }, peerConnection => {
  peerConnection.onconnectionstatechange = () => { if (peerConnection.connectionState === 'closed') ended.resolve() }
})
told.push(await runWorker())
for (const close of closers) await close()
await ended.promise
told.push(await runWorker())
console.log(JSON.stringify(told))

async function runWorker (): Promise<unknown> {
  const worker = new Worker(`import('tsx/esm/api').then(tsx => { tsx.register(); return import(${JSON.stringify(script)}) })`, { eval: true })
  const [told] = await once(worker, 'message')
  await worker.terminate()
  return told
}
