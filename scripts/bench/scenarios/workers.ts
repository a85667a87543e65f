// One worker process and two, of the servers that have a setting for it.
import { type Scenario, sideBySide } from '../bench.ts';
import { burst, checkAndWarm, contendersFor, served } from '../subjects.ts';

const SITUATIONS = [
  { work: 'echo', connections: 64, situation: 'echo, c=64' },
  { work: 'cpu', connections: 8, situation: '5 ms of arithmetic, c=8' },
] as const;
const HAVE_WORKERS = ['pawl', 'base', 'LitServe', 'BentoML'];
const ROUNDS_MAX = 3;

export const WORKERS: Scenario = {
  name: 'workers',
  title: 'One worker and two',
  about:
    'The same number of clients and slots, in one worker process or two. Client, server and workers share the processors of the machine.',
  async run(bench) {
    for (const { work, connections, situation } of SITUATIONS) {
      const able = contendersFor(bench, work).filter(({ name }) => HAVE_WORKERS.includes(name));
      const subjects = able.flatMap((contender) =>
        [1, 2].map((workers) =>
          served({
            name: workers === 1 ? contender.name : `${contender.name} × ${workers}`,
            contender,
            options: { work, slots: connections / workers, workers },
            prepare: (server) => checkAndWarm(server, connections),
            measure: (server) => burst(server, connections),
          }),
        ),
      );
      await sideBySide(bench, {
        scenario: 'workers',
        situation,
        subjects,
        rounds: Math.min(bench.rounds, ROUNDS_MAX),
      });
    }
  },
};
