// Small predictions that give their text back, by clients that each wait for their answer: 1, 8 and 64 at a time.
import { type Bench, type Scenario, sideBySide } from '../bench.ts';
import { burst, checkAndWarm, contendersFor, served } from '../subjects.ts';

const CONNECTIONS = [1, 8, 64] as const;

export const SMALL: Scenario = {
  name: 'small',
  title: 'Small predictions',
  about:
    'The predictor gives its text back. 1, 8 and 64 clients, each of which asks again once it has its answer; as many slots. Pawl has a queue for who comes before a slot is free again; coglet has none and gets four times the slots, since otherwise it turns a third of the requests of one client away. LitServe and BentoML answer HTTP in a process below the first, so that what they cost is in the column of the worker.',
  async run(bench) {
    for (const connections of CONNECTIONS) await atConcurrency(bench, connections);
  },
};

async function atConcurrency(bench: Bench, connections: number): Promise<void> {
  const subjects = contendersFor(bench, 'echo').map((contender) =>
    served({
      name: contender.name,
      contender,
      options: { work: 'echo', slots: connections },
      prepare: (server) => checkAndWarm(server, connections),
      measure: (server) => burst(server, connections),
    }),
  );
  await sideBySide(bench, { scenario: 'small', situation: `c=${connections}`, subjects });
}
