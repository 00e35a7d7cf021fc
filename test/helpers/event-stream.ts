/** One of the events in a stream, as the HTML standard reads them: https://html.spec.whatwg.org/#parsing-an-event-stream */
export interface ServerSentEvent {
  id: string
  type: string
  data: string
}

/** The events of a whole stream, of which each has to have all three fields. Knows nothing of the code under test. */
export function readEventStream (text: string): ServerSentEvent[] {
  return text.split('\n\n').filter(block => /^data:/m.test(block)).map(block => {
    const field = (name: string) => {
      const lines = block.split('\n').filter(line => line.startsWith(`${name}: `)).map(line => line.slice(name.length + 2))
      if (lines.length === 0) throw new Error(`expected an event with ${name}, found ${JSON.stringify(block)}`)
      return lines.join('\n')
    }
    return { id: field('id'), type: field('event'), data: field('data') }
  })
}
