// Runs the Java functions of an emulator that cannot (MiniStack without Docker): for each function one JVM with AWS's own
// runtime interface client, fed by a Runtime API in this process. Events come by POST /<logical id>.
// Usage: node runtime.mjs PORT EMULATOR-URL JAVA CLASS-PATH TASK-ROOT; the class path has the runtime interface client.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import http from 'node:http'

const [port, emulator, java, classPath, taskRoot] = process.argv.slice(2)
const CLIENT = 'com.amazonaws.services.lambda.runtime.api.client.AWSLambda'
const functions = new Map()
const children = new Set()

const read = async (stream) => {
  const parts = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

/** A JVM and the queue of events that it works off, one after the other. */
class Instance {
  #events = []
  #waiting = null
  #open = new Map()

  static async start(name) {
    const instance = new Instance()
    const server = http.createServer((request, response) => instance.#serve(request, response))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const answer = await fetch(`${emulator}/2015-03-31/functions/${name}/configuration`)
    if (!answer.ok) throw new Error(`${name} has no configuration: ${answer.status}`)
    const { Handler, MemorySize, Environment } = await answer.json()
    const child = spawn(java, ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m', '-cp', classPath, CLIENT, Handler], {
      cwd: taskRoot,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        PATH: process.env.PATH,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL: emulator,
        ...Environment?.Variables,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${server.address().port}`,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        LAMBDA_TASK_ROOT: taskRoot,
        _HANDLER: Handler,
      },
    })
    children.add(child)
    child.on('exit', (code) => {
      children.delete(child)
      functions.delete(name)
      server.close()
      for (const { reject } of instance.#open.values()) reject(new Error(`the function ended with ${code}`))
    })
    return instance
  }

  invoke(event) {
    return new Promise((resolve, reject) => {
      const id = randomUUID()
      this.#open.set(id, { resolve, reject })
      this.#events.push({ id, event })
      this.#hand()
    })
  }

  #hand() {
    if (!this.#waiting || this.#events.length === 0) return
    const { id, event } = this.#events.shift()
    this.#waiting.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': id,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + 60_000),
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:local',
    })
    this.#waiting.end(event)
    this.#waiting = null
  }

  async #serve(request, response) {
    if (request.url.endsWith('/invocation/next')) {
      this.#waiting = response
      return this.#hand()
    }
    const body = await read(request)
    response.writeHead(202).end()
    const [, id, kind] = /\/invocation\/([^/]+)\/(response|error)$/.exec(request.url) ?? []
    const caller = this.#open.get(id)
    this.#open.delete(id)
    if (kind === 'response') caller?.resolve(body)
    else caller?.reject(new Error(body.toString()))
  }
}

http.createServer(async (request, response) => {
  const name = request.headers['x-amzn-lambda-function-name']
  try {
    const event = await read(request)
    if (!functions.has(name)) functions.set(name, Instance.start(name))
    const answer = await (await functions.get(name)).invoke(event)
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer)
  } catch (error) {
    functions.has(name) || console.error(`${name}: ${error.message}`)
    response.writeHead(502, { 'Content-Type': 'text/plain' }).end(error.message)
  }
}).listen(Number(port), '127.0.0.1', () => console.log(`functions run behind http://127.0.0.1:${port}`))

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill()
    process.exit(0)
  })
}
