// The command line of the benchmark.
import { parseArgs } from 'node:util';

export interface Options {
  /** Names of scenarios; null for all. */
  readonly only: readonly string[] | null;
  readonly peers: readonly string[] | null;
  readonly rounds: number;
  /** A revision to compare with; null for none. */
  readonly base: string | null;
  /** Nothing is measured: docs/benchmarks.md is made again from its recording. */
  readonly isPageOnly: boolean;
}

const ROUNDS = 5;

export const USAGE = `npm run bench [-- FLAGS]
  --only A,B     these scenarios
  --peers A,B    these contenders; all of them otherwise, with --base only the floors
  --rounds N     ${ROUNDS} unless told otherwise
  --base REV     builds that revision and measures it beside the working tree
  --page         makes docs/benchmarks.md again from docs/benchmarks/results.json
A run without --only, --peers and --base is recorded in docs/benchmarks.`;

/** Throws an Error whose message is for the reader. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string' },
      base: { type: 'string' },
      page: { type: 'boolean' },
    },
  });
  const rounds = Number(values.rounds ?? ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a positive integer');
  return {
    only: list(values.only),
    peers: list(values.peers),
    rounds,
    base: values.base ?? null,
    isPageOnly: values.page === true,
  };
}

/** The items with the names; throws where a name is nobody's. */
export function choose<T extends { readonly name: string }>(
  what: string,
  all: readonly T[],
  names: readonly string[] | null,
): readonly T[] {
  const known = all.map(({ name }) => name);
  const unknown = names?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`no ${what} ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return names === null ? all : all.filter(({ name }) => names.includes(name));
}

function list(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : text.split(',').map((name) => name.trim());
}
