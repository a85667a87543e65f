// The floor below the floor: bare node:http, parsing and printing the same JSON.
import { createServer } from 'node:http';

let count = 0;
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { input } = JSON.parse(Buffer.concat(chunks).toString());
    const now = new Date().toISOString();
    const text = JSON.stringify({
      id: `floor${++count}`,
      status: 'succeeded',
      output: input.text,
      logs: '',
      metrics: { predict_time: 0.0001, queue_time: 0.0001 },
      created_at: now,
      started_at: now,
      completed_at: now,
    });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
