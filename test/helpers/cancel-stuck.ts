// Cancels a prediction of test/fixtures/predictors/stuck.mjs once it is stuck, and gives what became of it.
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { getPrediction, type PredictionBody, predict } from './predictions.ts';

const ENDED = ['succeeded', 'failed', 'canceled'];

export async function cancelStuck(serverUrl: string, how: string): Promise<PredictionBody> {
  // A worker that an earlier cancel cost may not be back yet.
  const body = await eventually(`${how} is accepted`, async () => {
    const answer = await predict(serverUrl, { how }, { prefer: 'respond-async' });
    return answer.status === 202 ? answer.body : null;
  });
  const seen = (what: string, isIt: (now: PredictionBody) => boolean) =>
    eventually(`${how} ${what}`, async () => {
      const now = (await getPrediction(serverUrl, body.id)).body;
      return isIt(now) ? now : null;
    });
  await seen('is stuck', ({ logs }) => logs?.includes('stuck') === true);
  const answer = await fetch(`${serverUrl}/predictions/${body.id}/cancel`, { method: 'POST' });
  expect(answer.status).toBe(200);
  return seen('ends', ({ status }) => ENDED.includes(status));
}
