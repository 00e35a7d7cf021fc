import type { WebRtcClosedEvent } from '../../schemas/event.js'

/** Why a connection has closed: docs/errors.md has what each of the words means. */
export type CloseReason = WebRtcClosedEvent['reason']
