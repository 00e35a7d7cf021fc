/** Who broadcasts offers, with one track of video; who views is offered one. */
export type RtpRequest =
  | { name: 'broadcast', sdp: string }
  | { name: 'view' }
  | { name: 'answer', id: string, sdp: string }

export interface RtpResponse {
  id?: string
  sdp?: string
}

/** What differs between the contestants. */
export interface RtpServer {
  /** The answer. */
  broadcast (sdp: string): Promise<string>
  /** The offer. */
  view (): Promise<{ id: string, sdp: string }>
  answer (id: string, sdp: string): Promise<void>
}

/** Obeys the process that forked this one, one request after the other, and ends with it. */
export function serveRtp (server: RtpServer): void {
  process.on('message', async (request: RtpRequest) => { process.send!(await obey(server, request)) })
  process.on('disconnect', () => process.exit())
}

async function obey (server: RtpServer, request: RtpRequest): Promise<RtpResponse> {
  if (request.name === 'broadcast') return { sdp: await server.broadcast(request.sdp) }
  if (request.name === 'view') return await server.view()
  await server.answer(request.id, request.sdp)
  return {}
}
