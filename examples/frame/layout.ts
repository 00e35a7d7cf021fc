import { html, type Html } from './html.js'

export interface LayoutOptions {
  title: string
  main: Html
  /** The path of the page's script. Default none. */
  script?: string
  /** The example whose operations Swagger UI opens when one comes from this page. Default none. */
  example?: string
}

/** What is around every page. */
export function layout ({ title, main, script, example }: LayoutOptions): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
${script ? html`<script type="module" src="${script}"></script>` : ''}
</head>
<body>
<header>
<a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28">fastify-webrtc</a>
<nav><a href="/">Examples</a><a href="/documentation/${example ? `#/${example}` : ''}">API</a></nav>
</header>
<main>
${main}
</main>
</body>
</html>
`.toString()
}
