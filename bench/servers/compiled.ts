/** The plugin as it is published, compiled by `npm run build`: what runs TypeScript as it is gives each function a name, by which a connection takes a third more memory, and a message or a packet more time. */
import type * as Plugin from '../../plugin/index.js'

export const { default: signaling, ConnectionManager }: typeof Plugin = await import(new URL('../../dist/plugin/index.js', import.meta.url).href)
