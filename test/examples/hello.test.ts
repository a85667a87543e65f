// The smallest example, over HTTP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('examples/hello', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('examples/hello/predict.ts');
  });
  afterAll(() => server?.stop());

  it('greets by name', async () => {
    const { status, body } = await predict(server.url, { name: 'Ada' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'succeeded', output: 'Hello, Ada!' });
  });

  it('greets the world when nobody is named', async () => {
    const { body } = await predict(server.url, {});
    expect(body.output).toBe('Hello, world!');
  });

  it('refuses an empty name and says which input is wrong', async () => {
    const { status, body } = await predict(server.url, { name: '' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ detail: [{ loc: ['body', 'input', 'name'] }] });
  });
});
