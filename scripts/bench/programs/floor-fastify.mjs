// The floor: what Fastify does with no worker behind it. Same body schema, same answer as a prediction of `echo`.
import { fastify } from 'fastify';

const app = fastify({ logger: false });
const body = {
  type: 'object',
  properties: {
    input: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  },
  required: ['input'],
};
const seconds = { type: 'number' };
const string = { type: 'string' };
const answer = {
  type: 'object',
  properties: {
    id: string,
    status: string,
    output: string,
    logs: string,
    metrics: { type: 'object', properties: { predict_time: seconds, queue_time: seconds } },
    created_at: string,
    started_at: string,
    completed_at: string,
  },
};
let count = 0;
app.post('/predictions', { schema: { body, response: { 200: answer } } }, async (request) => {
  const now = new Date().toISOString();
  return {
    id: `floor${++count}`,
    status: 'succeeded',
    output: request.body.input.text,
    logs: '',
    metrics: { predict_time: 0.0001, queue_time: 0.0001 },
    created_at: now,
    started_at: now,
    completed_at: now,
  };
});
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}`);
