// Predictions that take their time: 20 ms of waiting, 5 ms of arithmetic, eight at a time.
import { type Scenario, sideBySide } from '../bench.ts';
import { closedLoop } from '../load/wrk.ts';
import { burst, checkEcho, contendersFor, INPUT, served } from '../subjects.ts';

const CONNECTIONS = 8;
const ROUNDS_MAX = 3;
const WARM_SECONDS = 1;

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
          async prepare(server) {
            await checkEcho(server);
            // JavaScript that counts is slow until it has been compiled.
            await closedLoop(server, INPUT, CONNECTIONS, WARM_SECONDS);
          },
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
