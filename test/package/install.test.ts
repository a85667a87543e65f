// What somebody gets who installs pawl from a registry, on each supported Node.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBinary } from '../helpers/node-versions.ts';
import { predict } from '../helpers/predictions.ts';
import { startServer } from '../helpers/start-server.ts';
import { type Consumer, installTarball, output } from './consumer.ts';

const PREDICTOR = `
import { definePredictor } from 'pawl';
import { z } from 'zod';

enum Greeting { Hello = 'Hello' }

export default definePredictor({
  input: z.object({ name: z.string() }),
  predict: ({ name }) => {
    console.log('greeting', name);
    return \`\${Greeting.Hello}, \${name}, from Node \${process.versions.node.split('.')[0]}\`;
  },
});
`;

describe('the packed package', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await installTarball();
    writeFileSync(path.join(consumer.folder, 'predict.ts'), PREDICTOR);
  });
  afterAll(() => consumer?.remove());

  it('installs without a compiler, and compiles nothing', () => {
    expect(existsSync(path.join(consumer.installed, 'dist', 'cli', 'main.js'))).toBe(true);
    expect(existsSync(path.join(consumer.installed, 'build'))).toBe(false);
  });

  it('brings the files it needs and none of the checkout', () => {
    const names = [
      'CMakeLists.txt',
      'LICENSE',
      'binding.gyp',
      'dist',
      'native',
      'package.json',
      'prebuilds',
      'scripts',
    ];
    const optional = ['README.md', 'CHANGELOG.md', 'node_modules'];
    const present = readdirSync(consumer.installed).filter((name) => !optional.includes(name));
    expect(present.sort()).toEqual(names.sort());
  });

  it('has the code cache of the Node it was installed with', () => {
    const cache = `cli.cjs.${process.version}-${process.arch}.cache`;
    expect(existsSync(path.join(consumer.installed, 'dist', 'compiled', cache))).toBe(true);
  });

  it('has it of every script, and nothing else of what it took to make it', () => {
    const names = readdirSync(path.join(consumer.installed, 'dist', 'compiled'));
    const scripts = names.filter((name) => name.endsWith('.cjs'));
    const caches = scripts.map((name) => `${name}.${process.version}-${process.arch}.cache`);
    expect(names.sort()).toEqual([...scripts, ...caches, 'zod-files.json'].sort());
  });

  it('answers npx pawl --version', async () => {
    const options = { cwd: consumer.folder, env: consumer.bareEnv() };
    const { stdout } = await output('npx', ['--no-install', 'pawl', '--version'], options);
    expect(stdout).toMatch(/\d+\.\d+\.\d+/);
  });

  it.each([20, 22, 24, 26])(
    'is found well by pawl doctor on Node %i, with its prebuilt addon',
    async (major) => {
      const node = await nodeBinary(major);
      const main = path.join(consumer.installed, 'dist', 'cli', 'main.js');
      const options = { cwd: consumer.folder, env: consumer.bareEnv(node) };
      const { stdout } = await output(node, [main, 'doctor', 'predict.ts'], options);
      expect(stdout).toMatch(/^ok {7}addon {7}\S+prebuilds\S+\.node \(prebuilt\)$/m);
      expect(stdout).toMatch(/^ok {7}interrupts {2}ended a loop after/m);
      expect(stdout).toMatch(/^ok {7}predictor {3}predict\.ts loads/m);
    },
  );

  it.each([20, 22, 24, 26])('serves a TypeScript predictor on Node %i', async (major) => {
    const node = await nodeBinary(major);
    const server = await startServer('predict.ts', {
      command: [node, path.join(consumer.installed, 'dist', 'cli', 'main.js')],
      cwd: consumer.folder,
      env: { ...onlyThese(consumer.bareEnv(node)) },
    });
    try {
      const { status, body } = await predict(server.url, { name: 'package' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'succeeded', output: `Hello, package, from Node ${major}` });
      // Captured by the addon: without it no prediction would have run.
      expect(body.logs).toContain('greeting package');
    } finally {
      expect((await server.stop()).code).toBe(0);
    }
  });

  it('does not fail to install where no binary fits and nothing can be compiled, and says what to do', async () => {
    const copy = await installTarball();
    try {
      rmSync(path.join(copy.installed, 'prebuilds'), { recursive: true });
      const script = path.join(copy.installed, 'scripts', 'install-addon.mjs');
      const { stderr } = await output('node', [script], { cwd: copy.installed, env: copy.bareEnv() });
      expect(stderr).toContain('no prebuilt addon fits');
      expect(stderr).toContain('npm rebuild pawl');
      const main = path.join(copy.installed, 'dist', 'cli', 'main.js');
      const doctor = output('node', [main, 'doctor'], { cwd: copy.folder, env: copy.bareEnv() });
      await expect(doctor).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(
          /FAILURE {2}addon.*pawl\.node: no such file.*→ Run `npm rebuild pawl`/s,
        ),
      });
    } finally {
      copy.remove();
    }
  });

  it.runIf(hasNodeHeaders())('compiles with node-gyp where a compiler is and no binary fits', async () => {
    const copy = await installTarball();
    try {
      rmSync(path.join(copy.installed, 'prebuilds'), { recursive: true });
      const env = { ...copy.bareEnv(), PATH: process.env.PATH ?? '' };
      await output('npm', ['rebuild', 'pawl'], { cwd: copy.folder, env });
      expect(existsSync(path.join(copy.installed, 'build', 'Release', 'pawl.node'))).toBe(true);
    } finally {
      copy.remove();
    }
  });
});

/** The server under test sees the bare environment and nothing of the test runner's. */
function onlyThese(env: Readonly<Record<string, string>>): Readonly<Record<string, string | undefined>> {
  return { ...Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])), ...env };
}

/** Without them node-gyp would fetch headers over the network. */
function hasNodeHeaders(): boolean {
  return existsSync(path.resolve(process.execPath, '../../include/node/node_api.h'));
}
