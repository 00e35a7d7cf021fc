/** A client in another language: a folder of examples/clients/. */
export interface Language {
  folder: string
  name: string
  generator: string
  stack: string
  /** The programs that it needs. */
  tools: readonly string[]
  /** A command that succeeds where there is what it needs beside them. */
  probe?: string
  /** What generates and compiles it, in its folder. */
  build: readonly string[]
  /** What runs the client, with a URL and how many times to connect in each direction. */
  client: string
  /** What runs the rest, with a URL: trickle, reconnecting and renegotiation in each direction. */
  interop: string
  /** Whether it is not to be left out with CI set. */
  isRequired: boolean
}

export const LANGUAGES: readonly Language[] = [
  {
    folder: 'typescript',
    name: 'TypeScript',
    generator: '@hey-api/openapi-ts',
    stack: 'werift',
    tools: ['npm'],
    build: ['npm ci --ignore-scripts --silent', 'npm run --silent generate', 'npm run --silent check'],
    client: 'node_modules/.bin/tsx client.ts',
    interop: 'node_modules/.bin/tsx interop.ts',
    isRequired: false
  },
  {
    folder: 'python',
    name: 'Python',
    generator: 'openapi-python-client',
    stack: 'aiortc',
    tools: ['python3'],
    build: [
      'python3 -m venv .venv',
      '.venv/bin/pip install --quiet --requirement requirements.txt',
      '.venv/bin/openapi-python-client generate --path ../../../openapi.yaml --config generator.yaml --meta none --output-path signaling --overwrite'
    ],
    client: '.venv/bin/python client.py',
    interop: '.venv/bin/python interop.py',
    isRequired: true
  },
  {
    folder: 'go',
    name: 'Go',
    generator: 'oapi-codegen',
    stack: 'Pion',
    tools: ['go'],
    build: ['go generate', 'go build -o client'],
    client: './client',
    interop: './client interop',
    isRequired: true
  },
  {
    folder: 'rust',
    name: 'Rust',
    generator: 'progenitor',
    stack: 'webrtc-rs',
    tools: ['cargo', 'cc'],
    build: ['cargo build --quiet --locked'],
    client: 'target/debug/client',
    interop: 'target/debug/client interop',
    isRequired: true
  },
  {
    folder: 'java',
    name: 'Java',
    generator: 'openapi-generator',
    stack: 'webrtc-java',
    tools: ['mvn', 'java'],
    build: ['mvn --quiet --batch-mode compile'],
    client: 'java -cp target/classes:target/dependency/* Client',
    interop: 'java -cp target/classes:target/dependency/* Client interop',
    isRequired: true
  },
  {
    folder: 'gstreamer',
    name: 'Python with GStreamer',
    generator: 'openapi-python-client',
    stack: 'webrtcbin',
    tools: [],
    probe: '/usr/bin/python3 peer.py',
    build: [
      '/usr/bin/python3 -m venv --system-site-packages .venv',
      '.venv/bin/pip install --quiet --requirement ../python/requirements.txt',
      '.venv/bin/openapi-python-client generate --path ../../../openapi.yaml --config ../python/generator.yaml --meta none --output-path signaling --overwrite'
    ],
    client: '.venv/bin/python client.py',
    interop: '.venv/bin/python interop.py',
    isRequired: false
  }
]
