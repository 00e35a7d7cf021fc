import type { Example } from './example.js'
import { html } from './html.js'
import { layout } from './layout.js'

/** The page that leads to the others. */
export function indexPage (examples: Example[]): string {
  return layout({
    title: 'fastify-webrtc examples',
    main: html`
<h1>WebRTC peers on your server</h1>
<p class="lead">fastify-webrtc puts server-side WebRTC peers behind a typed HTTP API. A page calls it with the generated client, and a few milliseconds later the two talk directly.</p>
<h2>Examples</h2>
<ul class="cards">
${examples.map(({ name, title, description }) => html`<li class="card"><h3><a href="/${name}/">${title}</a></h3><p>${description}</p></li>`)}
</ul>
<h2>The API</h2>
<ul class="cards">
<li class="card"><h3><a href="/documentation/">Swagger UI</a></h3><p>Every operation of every example, to be tried out from this browser.</p></li>
${examples.slice(0, 1).map(({ name, title }) => html`<li class="card"><h3>OpenAPI documents</h3><p>Each example serves its own, such as ${title}: <a href="/${name}/openapi.json">openapi.json</a> and <a href="/${name}/openapi.yaml">openapi.yaml</a>. Clients are generated from them.</p></li>`)}
</ul>`
  })
}
