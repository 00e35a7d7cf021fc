import { nextTurn } from './event-loop.js'
import { guard, noteOrphan, sizeOf, type NativeDataChannel } from './native.js'

/**
 * Closes a channel that the far end should not have made, of which the application never knows. It costs as little as can be:
 * a far end may make them faster than they are closed. `onMessage` is told the size of what arrives on it meanwhile.
 */
export async function refuse (native: NativeDataChannel, onMessage: (size: number) => void, onDefect: (error: unknown) => void): Promise<void> {
  let hasToldItsEnd = false
  // At once: a native channel without a message callback blocks a native worker after 1,000 messages.
  native.onMessage(guard(data => onMessage(sizeOf(data)), onDefect))
  native.onClosed(guard(() => { hasToldItsEnd = true }, onDefect))
  await nextTurn()
  native.close()
  await nextTurn()
  if (!hasToldItsEnd) noteOrphan()
}
