import { describe, expect, it } from 'vitest';
import { missingPython } from '../helpers/python.ts';
import { judge } from './places.ts';
import { differencesOf } from './run-scenario.ts';
import { OUTPUTS, REQUESTS } from './scenarios.ts';

const missing = await missingPython();

describe.skipIf(missing !== null)(
  `Cog's server and Pawl answer alike${missing === null ? '' : ` (${missing})`}`,
  () => {
    it.each([...REQUESTS, ...OUTPUTS])('$name', async (scenario) => {
      const { unexplained, stale } = judge(scenario.name, await differencesOf(scenario));
      expect(unexplained).toEqual([]);
      expect(stale).toEqual([]);
    });
  },
);
