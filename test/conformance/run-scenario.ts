// Runs a scenario against Cog's server and against Pawl, and says where what a client saw differs.
import { fileURLToPath } from 'node:url';
import { startCoglet } from '../helpers/coglet.ts';
import { startServer } from '../helpers/start-server.ts';
import { type Difference, differences } from './compare.ts';
import type { Scenario } from './scenario.ts';
import { Client } from './transcript.ts';

const TWINS = fileURLToPath(new URL('../fixtures/twins/twins.mjs', import.meta.url));

export async function differencesOf(scenario: Scenario): Promise<Difference[]> {
  const [cog, pawl] = await Promise.all([transcriptOfCog(scenario), transcriptOfPawl(scenario)]);
  return differences(cog.exchanges, pawl.exchanges, '');
}

async function transcriptOfCog(scenario: Scenario): Promise<Client> {
  const server = await startCoglet(scenario.twin, scenario);
  try {
    const client = new Client(server.url, { retriesBusy: true });
    await scenario.run(client);
    return client;
  } finally {
    await server.stop();
  }
}

async function transcriptOfPawl({ twin, env = {}, args = [], until, run }: Scenario): Promise<Client> {
  const server = await startServer(`${TWINS}:${twin}`, { env, args, until: 'listening' });
  try {
    const client = new Client(server.url, { retriesBusy: false });
    await client.untilHealth(until);
    await run(client);
    return client;
  } finally {
    await server.stop();
  }
}
