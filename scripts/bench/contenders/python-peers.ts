// The peers that are written in Python, each installed from the Python registry into a folder of its own.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingPython, pythonFolder } from '../../../test/helpers/python.ts';
import type { Contender } from '../contender.ts';
import { startProgram } from '../program-server.ts';

const PROGRAMS = fileURLToPath(new URL('../programs/', import.meta.url));

interface Peer {
  readonly name: string;
  readonly what: string;
  readonly requirements: readonly [string, ...string[]];
  readonly program: string;
  readonly path: string;
  /** How the peer wants its input. */
  readonly body: (input: { readonly [key: string]: unknown }) => unknown;
  readonly output: (answer: unknown) => unknown;
}

const wrapped = (input: { readonly [key: string]: unknown }) => ({ input });
const outputOf = (answer: unknown) => (answer as { output: unknown }).output;

export const LITSERVE = peer({
  name: 'LitServe',
  what: 'LitServe 0.2.19, one worker process',
  requirements: ['litserve==0.2.19'],
  program: 'litserve_server.py',
  path: '/predict',
  body: wrapped,
  output: outputOf,
});

export const FASTAPI = peer({
  name: 'FastAPI',
  what: 'FastAPI 0.165.0 on uvicorn, a worker process behind a queue',
  requirements: ['fastapi==0.165.0', 'uvicorn[standard]==0.54.0'],
  program: 'fastapi_server.py',
  path: '/predictions',
  body: wrapped,
  output: outputOf,
});

export const BENTOML = peer({
  name: 'BentoML',
  what: 'BentoML 1.4.40, one worker process',
  requirements: ['bentoml==1.4.40'],
  program: 'bentoml_server.py',
  path: '/predictions',
  body: (input) => input,
  output: (answer) => answer,
});

function peer({ name, what, requirements, program, path: target, body, output }: Peer): Contender {
  const folderName = name.toLowerCase();
  return {
    name,
    what,
    works: ['echo', 'sleep', 'cpu'],
    async missing() {
      const reason = await missingPython();
      if (reason !== null) return reason;
      try {
        await pythonFolder(folderName, requirements);
        return null;
      } catch (error) {
        return `pip could not install ${requirements.join(' ')}: ${String(error).split('\n')[0]}`;
      }
    },
    async serve({ work, workers = 1 }) {
      const { python, packages } = await pythonFolder(folderName, requirements);
      const command = [python, path.join(PROGRAMS, program), work, String(workers)] as const;
      const env = { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' };
      const server = await startProgram(command, env);
      return { ...server, path: target, body: (input) => JSON.stringify(body(input)), output };
    },
  };
}
