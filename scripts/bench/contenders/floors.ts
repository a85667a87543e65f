// What there is to gain at the most: an HTTP server in one process that answers by itself.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../contender.ts';
import { startProgram } from '../program-server.ts';

const PROGRAMS = fileURLToPath(new URL('../programs/', import.meta.url));

export const FASTIFY_FLOOR = floor('fastify', 'floor-fastify.mjs', 'Fastify with schemas, no worker');
export const HTTP_FLOOR = floor('node:http', 'floor-http.mjs', 'bare node:http, no worker');

function floor(name: string, program: string, what: string): Contender {
  return {
    name,
    what,
    works: ['echo'],
    missing: async () => null,
    async serve() {
      const server = await startProgram([process.execPath, path.join(PROGRAMS, program)]);
      return {
        ...server,
        path: '/predictions',
        body: (input) => JSON.stringify({ input }),
        output: (answer) => (answer as { output: unknown }).output,
      };
    },
  };
}
