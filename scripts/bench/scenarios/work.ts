// Predictions that take their time: 20 ms of waiting, 5 ms of arithmetic, eight at a time.
import { type Scenario, sideBySide } from '../bench.ts';
import { burst, checkAndWarm, contendersFor, served } from '../subjects.ts';

const CONNECTIONS = 8;
const ROUNDS_MAX = 3;

export const WORK: Scenario = {
  name: 'work',
  title: 'Predictions that take their time',
  about:
    'Eight clients. Pawl and coglet run eight waiting predictions at a time in one worker; LitServe, BentoML and the hand-written server run synchronous code one at a time, as they do unless told otherwise.',
  async run(bench) {
    for (const work of ['sleep', 'cpu'] as const) {
      const subjects = contendersFor(bench, work).map((contender) =>
        served({
          name: contender.name,
          contender,
          options: { work, slots: CONNECTIONS },
          prepare: (server) => checkAndWarm(server, CONNECTIONS),
          measure: (server) => burst(server, CONNECTIONS),
        }),
      );
      const situation = work === 'sleep' ? '20 ms of waiting, c=8' : '5 ms of arithmetic, c=8';
      await sideBySide(bench, {
        scenario: 'work',
        situation,
        subjects,
        rounds: Math.min(bench.rounds, ROUNDS_MAX),
      });
    }
  },
};
