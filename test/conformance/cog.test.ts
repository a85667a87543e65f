import { describe, expect, it } from 'vitest';
import { missingPython } from '../helpers/python.ts';
import { judge } from './places.ts';
import { differencesOf } from './run-scenario.ts';
import { CANCELS, HEALTH, STREAMS, TRAININGS } from './scenarios/live.ts';
import { OUTPUTS } from './scenarios/outputs.ts';
import { REQUESTS } from './scenarios/requests.ts';
import { DISCONNECTS, WEBHOOKS } from './scenarios/webhooks.ts';

const missing = await missingPython();

describe.skipIf(missing !== null)(
  `Cog's server and Pawl answer alike${missing === null ? '' : ` (${missing})`}`,
  () => {
    it.each([
      ...REQUESTS,
      ...OUTPUTS,
      ...STREAMS,
      ...HEALTH,
      ...CANCELS,
      ...TRAININGS,
      ...WEBHOOKS,
      ...DISCONNECTS,
    ])('$name', async (scenario) => {
      const { unexplained, stale } = judge(scenario.name, await differencesOf(scenario));
      expect(unexplained).toEqual([]);
      expect(stale).toEqual([]);
    });
  },
);
