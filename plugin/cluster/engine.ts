/** Why a message had no answer: nobody listens there, whoever listens has said nothing in time, or this process does not reach the broker. */
export type RequestFailure = 'nobody' | 'silence' | 'disconnected'

/** What an engine calls. */
export interface EngineListener {
  /** A message to this process: settles with the answer, and never rejects. */
  answer (message: Uint8Array): Promise<Uint8Array>
  /** A message to all others. Never throws. */
  hear (message: Uint8Array): void
  /** The broker is there, for the first time or again. What the others have said meanwhile is lost. Never throws. */
  connected (): void
}

/** How the processes of a cluster reach each other: all that the plugin needs of a broker. */
export interface ClusterEngine {
  /** Whether the broker can be reached, as far as is known. */
  readonly isConnected: boolean
  /** Begins to connect under the name, and connects again whenever that is lost, until it is closed. Called once. Never throws for a broker that is away. */
  open (node: string, listener: EngineListener): void
  /** Asks the process with the name; settles within so many milliseconds, at once when nobody listens. Never rejects. */
  request (node: string, message: Uint8Array, milliseconds: number): Promise<Uint8Array | RequestFailure>
  /** Tells all others. Without a broker, or when it is larger than that takes, it is lost. Never throws. */
  publish (message: Uint8Array): void
  /** Settles when the broker has everything that was said, or cannot be reached; within a few seconds. Never rejects, also when it was not opened. */
  close (): Promise<void>
}
