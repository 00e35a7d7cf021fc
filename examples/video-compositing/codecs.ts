/** What not every platform has a binary of. */
export interface Codecs {
  webcodecs: typeof import('node-webcodecs')
  canvas: typeof import('@napi-rs/canvas')
}

/** Rejects where something is missing, with a sentence that says what. */
export async function loadCodecs (): Promise<Codecs> {
  const [webcodecs, canvas] = await Promise.all([load(() => import('node-webcodecs'), 'node-webcodecs'), load(() => import('@napi-rs/canvas'), '@napi-rs/canvas')])
  if (!webcodecs.isNativeAvailable()) throw new Error('This server has no video codecs: node-webcodecs has no binary for its platform.')
  if (canvas.GlobalFonts.families.length === 0) throw new Error('This server has no fonts to write with.')
  return { webcodecs, canvas }
}

async function load<Module> (importModule: () => Promise<Module>, name: string): Promise<Module> {
  try {
    return await importModule()
  } catch (cause) {
    throw new Error(`This server cannot change pictures: ${name} is not installed, or has no binary for its platform.`, { cause })
  }
}
