// How a failed prediction says what failed: by what was thrown and where, never by what its text looks like.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('test/fixtures/predictors/raises.mjs');
});
afterAll(() => server?.stop());

describe.each(['sync', 'async', 'generator', 'asyncGenerator'])('thrown by %s code', (how) => {
  it.each([
    ['cancelled', 'Error: the operation was cancelled'],
    ['canceled', 'RangeError: canceled'],
    ['abort', 'AbortError: This operation was aborted'],
    ['abortSignal', 'AbortError: This operation was aborted'],
    ['named', 'CancelationError: really'],
    ['cancelation', 'CancelationError: the prediction was canceled'],
    ['code', 'Error: not yours'],
    ['timeout', 'Error: the prediction ran longer than 1 s (--predict-timeout)'],
    ['nested', 'TypeError: TypeError: twice'],
    ['hostile', 'Error'],
  ])('%s is a failure of the predictor', async (what, error) => {
    const { status, body } = await predict(server.url, { what, how });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'failed', error, error_code: 'PAWL_PREDICT_FAILED' });
    if (how.endsWith('enerator')) expect(body.output).toEqual(['first']);
  });
});

it('a failure has its stack in the log, and the next prediction is served', async () => {
  const { body } = await predict(server.url, { what: 'canceled' });
  expect(body.logs).toMatch(/^RangeError: canceled\n +at .*raises\.mjs:\d+:\d+/);
  expect((await predict(server.url, { what: 'canceled' })).status).toBe(200);
});
