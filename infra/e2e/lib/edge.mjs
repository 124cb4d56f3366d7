// The one hostname in front of a writer and a firehose host: sends each request where the template's edge would.
import http from 'node:http'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const TEMPLATE = path.resolve(import.meta.dirname, '../../edge.yaml')
const HOST_PATHS = ['/xrpc/com.atproto.sync.subscribeRepos', '/virga/poke'] // its cache behaviors

/** The CloudFront Function that picks the origin of all other requests, as it is deployed with a firehose host. */
function requestsFunction() {
  const source = /import cf from 'cloudfront';\n([\s\S]*?)\n\s*- Host:/.exec(readFileSync(TEMPLATE, 'utf8'))?.[1]
  if (!source) throw new Error(`${TEMPLATE} has no function that picks the origin`)
  return new Function('cf', `${source.replace('${Host}', 'true')}\nreturn handler`)
}

export class Edge {
  /** Which host got which requests: lines like `firehose POST /xrpc/…`. */
  log = []
  #server
  #origins
  #function = requestsFunction()

  /** `origins` maps `api` and `host` to servers. */
  static async open(origins) {
    const edge = new Edge()
    edge.#origins = origins
    edge.#server = http.createServer((request, response) => edge.#forward(request, response))
    edge.#server.keepAliveTimeout = 0 // or it would hang up on a client that takes up a connection again
    await new Promise((resolve) => edge.#server.listen(0, '127.0.0.1', resolve))
    return edge
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`
  }

  #origin(request) {
    let origin = HOST_PATHS.includes(new URL(request.url, this.url).pathname) ? 'host' : 'api'
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, { value }]))
    this.#function({ selectRequestOriginById: (id) => { origin = id } })({ request: { headers, uri: request.url } })
    return origin
  }

  #forward(request, response) {
    const origin = this.#origin(request)
    this.log.push(`${origin} ${request.method} ${request.url}`)
    const passed = http.request(this.#origins[origin] + request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
      answer.on('end', () => {
        if (passed.writableFinished) return
        request.unpipe(passed).resume() // refused before its end, after which node:http does not go on with it
        passed.destroy()
      })
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  }

  close() {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }
}
