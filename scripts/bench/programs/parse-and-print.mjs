// A server with a worker process that give each other lines of JSON: each side parses the whole of what comes and prints
// the whole of what goes. Buffers are joined once, so that nothing here is worse than linear.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const NEWLINE = 0x0a;

function onLines(stream, take) {
  let parts = [];
  stream.on('data', (chunk) => {
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE)) {
      const line = Buffer.concat([...parts, rest.subarray(0, at)]).toString();
      parts = [];
      rest = rest.subarray(at + 1);
      take(JSON.parse(line));
    }
    if (rest.length > 0) parts.push(rest);
  });
}

function serve() {
  const worker = fork(fileURLToPath(import.meta.url), ['worker'], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  });
  const waiting = [];
  onLines(worker.stdout, ({ output }) => {
    const response = waiting.shift();
    const text = JSON.stringify({ id: 'one', status: 'succeeded', output, logs: '' });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { input } = JSON.parse(Buffer.concat(chunks).toString());
      waiting.push(response);
      worker.stdin.write(`${JSON.stringify({ input })}\n`);
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
  process.on('SIGTERM', () => process.exit());
}

function work() {
  onLines(process.stdin, ({ input }) => process.stdout.write(`${JSON.stringify({ output: input.items })}\n`));
  process.on('disconnect', () => process.exit());
}

if (process.argv[2] === 'worker') work();
else serve();
