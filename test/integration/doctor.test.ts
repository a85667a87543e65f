// `pawl doctor` on this machine, and on it with something really taken away.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeWithoutSymbol, V8_SYMBOLS } from '../helpers/node-without-symbol.ts';
import { runPawl } from '../helpers/run-pawl.ts';
import { cleanEnvironment } from '../helpers/start-server.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const scratch = mkdtempSync(path.join(os.tmpdir(), 'pawl-doctor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly mend: string | null;
}

async function doctor(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout } = await runPawl(['doctor', '--json', ...args], { env });
  return { code, ...parsed(stdout) };
}

/** The same behind a program that takes something away before it becomes the doctor. */
async function doctorBehind(
  program: string,
  before: readonly string[],
  args: readonly string[] = [],
  node: string = process.execPath,
) {
  const child = spawn(program, [...before, node, MAIN, 'doctor', '--json', ...args], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { code, ...parsed(stdout) };
}

function parsed(stdout: string) {
  const { usable, findings } = JSON.parse(stdout) as { usable: boolean; findings: Finding[] };
  const of = (check: string) => findings.find((finding) => finding.check === check);
  return { usable, findings, of };
}

describe.concurrent('a machine that can run predictions', () => {
  it('is usable, and its addon, interrupts and sockets were tried', async () => {
    const { code, usable, findings, of } = await doctor();
    expect({ code, usable }, JSON.stringify(findings)).toEqual({ code: 0, usable: true });
    expect(findings.filter(({ verdict }) => verdict === 'failure')).toEqual([]);
    expect(of('addon')?.message).toMatch(/pawl\.node \(built here\)$/);
    expect(of('interrupts')?.message).toMatch(
      /^ended a loop after [\d.]+ ms, a system call after [\d.]+ ms$/,
    );
    for (const check of ['node', 'platform', 'proc', 'orphans', 'sockets', 'open files', 'work dir']) {
      expect(of(check)?.verdict, check).toBe('ok');
    }
  });

  it('is described in lines for people', async () => {
    const { code, stdout } = await runPawl(['doctor']);
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^ok {7}addon {7}\/.*pawl\.node \(built here\)$/m);
    expect(stdout).toMatch(/\nusable(, with \d warnings?)?\n$/);
  });

  it('loads the predictor that is named', async () => {
    const good = await doctor(['examples/hello/predict.ts']);
    expect(good.of('predictor')).toMatchObject({ verdict: 'ok' });
    const broken = await doctor(['test/fixtures/predictors/load/broken/throws.ts']);
    expect(broken.code).toBe(1);
    expect(broken.of('predictor')).toMatchObject({
      verdict: 'failure',
      message: expect.stringMatching('no weights'),
    });
  });

  it('leaves nothing behind, not even a work directory that was not there', async () => {
    const outer = mkdtempSync(path.join(scratch, 'outer-'));
    const workDir = path.join(outer, 'a', 'b');
    const { of } = await doctor(['--work-dir', workDir]);
    expect(of('work dir')?.message).toContain(workDir);
    expect(readdirSync(outer)).toEqual([]);
  });
});

describe.concurrent('with something taken away', () => {
  it('fails without the addon, and says which file was tried', async () => {
    const { code, of } = await doctor([], { PAWL_ADDON: '/does/not/exist.node' });
    expect(code).toBe(1);
    expect(of('addon')).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining('/does/not/exist.node: no such file'),
      mend: expect.stringContaining('PAWL_ADDON'),
    });
  });

  it('fails where loading the addon ends its process', async () => {
    const addon = path.join(scratch, 'crashes.cjs');
    writeFileSync(addon, 'process.kill(process.pid, "SIGSEGV");');
    const { code, of } = await doctor([], { PAWL_ADDON: addon });
    expect(code).toBe(1);
    expect(of('addon')?.message).toContain('SIGSEGV');
    rmSync(addon);
  });

  it('warns without V8’s symbols, and is usable', async () => {
    const folder = mkdtempSync(path.join(scratch, 'node-'));
    const node = nodeWithoutSymbol(V8_SYMBOLS[0], folder);
    const { code, of } = await doctorBehind('env', [], [], node);
    expect(code).toBe(0);
    expect(of('addon')?.verdict).toBe('ok');
    expect(of('interrupts')).toMatchObject({
      verdict: 'warning',
      message: expect.stringMatching(
        /^unavailable, because this Node does not export _ZN2v8.*costs the worker/,
      ),
    });
  });

  it.each(['/proc/nope', '/dev/null/x', '/dev/null'])(
    'fails with %s for a work directory',
    async (workDir) => {
      const { code, of } = await doctor(['--work-dir', workDir]);
      expect(code).toBe(1);
      expect(of('work dir')).toMatchObject({
        verdict: 'failure',
        message: expect.stringContaining(workDir),
        mend: expect.stringContaining('--work-dir'),
      });
    },
  );

  it('says where sockets go when the path of the work directory is too long for them', async () => {
    const { code, of } = await doctor(['--work-dir', path.join(scratch, 'x'.repeat(120))]);
    expect(code).toBe(0);
    expect(of('sockets')?.message).toContain(os.tmpdir());
    // Where that is too long as well, a path that is cut by the system would be shared by every worker.
    const temporary = path.join(scratch, 'y'.repeat(120));
    const elsewhere = await doctor(['--work-dir', temporary], { TMPDIR: temporary });
    expect(elsewhere.of('sockets')?.message).toMatch(/ \/tmp\/pawl-[\w-]+\/slots\.sock /);
  });

  it.each([
    [107, [], 'failure'],
    [150, [], 'warning'],
    [300, ['--concurrency', '64'], 'failure'],
    [2000, ['--concurrency', '64'], 'ok'],
  ] as const)('holds ulimit -n %i against the slots of %j: %s', async (most, args, verdict) => {
    const { code, of } = await doctorBehind('sh', ['-c', `ulimit -n ${most}; exec "$@"`, 'sh'], args);
    const files = of('open files');
    expect(files?.verdict, files?.message).toBe(verdict);
    expect(files?.message).toContain(String(most));
    expect(code).toBe(verdict === 'failure' ? 1 : 0);
  });

  // A new pid namespace needs rights that not everybody who runs the tests has; the judges are tested without it.
  it.skipIf(spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status !== 0)(
    'warns as the first process of a container',
    async () => {
      const { of } = await doctorBehind('unshare', ['-pf', '--mount-proc']);
      expect(of('init')).toMatchObject({
        verdict: 'warning',
        message: expect.stringMatching(/^process 1 \(node\) leaves/),
        mend: expect.stringContaining('--init'),
      });
    },
  );
});

it('takes variables for its flags, and one wrong value is bad usage', async () => {
  const { of } = await doctor([], { PAWL_WORK_DIR: '/proc/nope' });
  expect(of('work dir')?.verdict).toBe('failure');
  const { code, stdout, stderr } = await runPawl(['doctor'], { env: { PAWL_CONCURRENCY: 'many' } });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^pawl: PAWL_CONCURRENCY takes a whole number/);
  expect(existsSync('/proc/nope')).toBe(false);
});
