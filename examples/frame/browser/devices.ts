import { element } from './element.js'

const NAMES: Record<MediaDeviceKind, string> = {
  audioinput: 'Microphone',
  videoinput: 'Camera',
  audiooutput: 'Loudspeaker'
}

/** Asks for a camera, a microphone or both, which are released when the signal aborts. Rejects with a DOMException when the browser refuses. */
export async function openDevices (constraints: MediaStreamConstraints, signal: AbortSignal): Promise<MediaStream> {
  // Not there in pages that came over http from another machine.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (!devices) throw new DOMException('expected a page that came over https, or from this machine', 'SecurityError')
  const stream = await devices.getUserMedia(constraints)
  const release = () => stream.getTracks().forEach(track => track.stop())
  signal.addEventListener('abort', release)
  if (signal.aborted) release()
  dispatchEvent(new Event('devicesopened'))
  return stream
}

/** A choice of the cameras or microphones there are. Browsers tell how many, and their names, once the page has used one. */
export class DevicePicker {
  readonly element: HTMLLabelElement
  readonly #kind: MediaDeviceKind
  readonly #select = element('select')

  constructor (kind: MediaDeviceKind) {
    this.#kind = kind
    this.element = element('label', { className: 'field' }, NAMES[kind], this.#select)
    navigator.mediaDevices?.addEventListener('devicechange', this.#update)
    addEventListener('devicesopened', this.#update)
    this.#show([])
    this.#update()
  }

  /** What `openDevices` is to be asked for. */
  get constraints (): MediaTrackConstraints {
    const { value } = this.#select
    return value ? { deviceId: { exact: value } } : {}
  }

  readonly #update = async (): Promise<void> => {
    const devices = await navigator.mediaDevices?.enumerateDevices() ?? []
    this.#show(devices.filter(({ kind, deviceId }) => kind === this.#kind && deviceId && deviceId !== 'default'))
  }

  #show (devices: MediaDeviceInfo[]): void {
    const { value } = this.#select
    this.#select.replaceChildren(
      element('option', { value: '' }, 'The browser\'s choice'),
      ...devices.map(({ deviceId, label }, index) => element('option', { value: deviceId }, label || `${NAMES[this.#kind]} ${index + 1}`))
    )
    this.#select.value = devices.some(({ deviceId }) => deviceId === value) ? value : ''
  }
}
