// One address for functions that have URLs of their own, where there is no HTTP API: sends each request where the routes of
// infra/api.yaml say, by the emulator's own address. Usage: node front.mjs PORT EMULATOR-URL FILE, the file being what
// deploy.py printed.
import { readFileSync } from 'node:fs'
import http from 'node:http'

const [port, emulator, file] = process.argv.slice(2)
const { hostname, port: emulatorPort } = new URL(emulator)
const deployment = JSON.parse(readFileSync(file, 'utf8'))

http.createServer((request, response) => {
  const path = request.url.split('?')[0]
  const group = deployment.Routes[`ANY ${path}`] ?? deployment.Routes.$default
  const { host } = new URL(deployment[group])
  const { method, url } = request
  const options = { hostname, port: emulatorPort, path: url, method, headers: { ...request.headers, host } }
  const passed = http.request(options, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  passed.on('error', (error) => response.writeHead(502).end(error.message))
  request.pipe(passed)
}).listen(Number(port), '127.0.0.1')
