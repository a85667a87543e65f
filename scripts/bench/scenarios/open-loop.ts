// Latency over arrival rate, up to and past what a server can do: requests come at a fixed rate, as from many clients who
// do not know each other. What a server can do is measured first, by clients that wait for their answers.
import { type Bench, type Round, type Scenario, sideBySide } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { openLoop } from '../load/open-loop.ts';
import { closedLoop } from '../load/wrk.ts';
import { checkAndWarm, contendersFor, INPUT, served } from '../subjects.ts';

const CONNECTIONS = 64;
const NAMES = ['pawl', 'base', 'coglet', 'coglet-tmpfs', 'fastify'];
/** Of what the server answered when clients waited. */
const SHARES = [0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25];
const STEP_SECONDS = 1.5;
/** One stall of a tenth of a second is more than a hundredth of a step: p99 of a single one is that of its worst moment. */
const TURNS = 3;

export const OPEN_LOOP: Scenario = {
  name: 'open-loop',
  title: 'Latency at a given rate of arrivals',
  about:
    'Requests leave at a fixed rate whether or not earlier ones were answered, and latency counts from when a request was due. The rates are shares, 10 % to 125 %, of what the server answered to 64 clients that waited; each was asked for three times, and the medians stand here. `generator late` is how late the load generator itself was at the 99th percentile; it shares the processors.',
  async run(bench: Bench) {
    const subjects = contendersFor(bench, 'echo')
      .filter(({ name }) => NAMES.includes(name))
      .map((contender) => {
        let capacity = 0;
        return served({
          name: contender.name,
          contender,
          options: { work: 'echo', slots: CONNECTIONS },
          async prepare(server) {
            await checkAndWarm(server, CONNECTIONS);
            const { requests, errors, seconds } = await closedLoop(server, INPUT, CONNECTIONS, 2);
            capacity = (requests - errors) / seconds;
          },
          measure: (server, step) => at(server, capacity * (SHARES[step] ?? 1)),
        });
      });
    // Its rounds are the steps: each is another rate.
    await sideBySide(bench, {
      scenario: 'open-loop',
      situation: 'echo',
      subjects,
      rounds: SHARES.length,
      turns: TURNS,
    });
  },
};

async function at(server: RunningContender, rate: number): Promise<Round> {
  return { ...(await openLoop(server, INPUT, rate, STEP_SECONDS)) };
}
