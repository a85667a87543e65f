// The versions of Node that one binary of the addon serves, each tried by the same tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { nodeBinary } from '../helpers/node-versions.ts';
import { compileAddon } from './fixture-addon.ts';
import { type FixtureOptions, type FixtureResult, runFixture } from './run-fixture.ts';

/** PAWL_TEST_NODES leaves some out, for tools under which each takes long. */
const NODE_MAJORS = (process.env.PAWL_TEST_NODES ?? '20,22,24,26').split(',').map(Number);
const FETCH_MS = 420_000;

export type RunFixture = (name: string, options?: FixtureOptions) => Promise<FixtureResult>;

/** Describes the same for each version; `run` starts a fixture with it, and with the addon of blocking.c. */
export function describeOnEachNode(what: string, body: (run: RunFixture) => void): void {
  describe.each(NODE_MAJORS)(`Node %d: ${what}`, (major) => {
    let node = '';
    const folder = mkdtempSync(path.join(tmpdir(), 'pawl-native-'));
    beforeAll(async () => {
      node = await nodeBinary(major);
      compileAddon('blocking', folder);
    }, FETCH_MS);
    afterAll(() => rmSync(folder, { recursive: true }));
    body((name, options) => {
      const env = { BLOCKING_ADDON: path.join(folder, 'blocking.node'), ...options?.env };
      return runFixture(name, { ...options, node, env });
    });
  });
}
