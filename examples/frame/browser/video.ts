import { element } from './element.js'

/** A picture with a caption. Nothing is heard of it until its controls are used, where it has some. */
export function videoFigure (caption: string, { controls = false } = {}): { figure: HTMLElement, video: HTMLVideoElement } {
  const video = element('video', { autoplay: true, playsInline: true, muted: true, controls, ariaLabel: caption })
  return { video, figure: element('figure', {}, video, element('figcaption', {}, caption)) }
}

/** Figures beside each other, where there is room. */
export function videos (...figures: HTMLElement[]): HTMLElement {
  return element('div', { className: 'videos' }, ...figures)
}
