import type { Example } from './example.js'
import { html } from './html.js'
import { layout } from './layout.js'

/** The page of an example, to whose elements browser/run-example.ts gives life. */
export function examplePage ({ name, title, description, sources }: Example): string {
  return layout({
    title: `${title} · fastify-webrtc`,
    script: `/${name}/browser.js`,
    example: name,
    main: html`
<h1>${title}</h1>
<p class="lead">${description}</p>
<div class="controls">
<button id="start" type="button" class="primary">Start</button>
<button id="stop" type="button" aria-disabled="true">Stop</button>
<p id="status" role="status" data-kind="stopped">Stopped</p>
</div>
<noscript><p>This page needs JavaScript.</p></noscript>
<dl class="states">
<div><dt>Connection state</dt><dd id="connection-state">–</dd></div>
<div><dt>ICE state</dt><dd id="ice-state">–</dd></div>
<div class="wide"><dt>Candidate pair</dt><dd id="candidate-pair">–</dd></div>
</dl>
<div id="example"></div>
<section id="source" aria-labelledby="source-heading">
<h2 id="source-heading">Source</h2>
${sources.map(({ file, side, text }) => html`<details><summary><code>${file}</code> ${side}</summary><pre tabindex="0"><code>${text}</code></pre></details>
`)}</section>`
  })
}
