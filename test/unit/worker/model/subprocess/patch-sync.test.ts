import type childProcess from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Begin } from '../../../../../src/worker/model/subprocess/patch-async.ts';
import { patchSync } from '../../../../../src/worker/model/subprocess/patch-sync.ts';
import { CAPTURE, DETACHED, launches, MARK } from './launches.ts';

type Name = 'spawnSync' | 'execFileSync' | 'execSync';

/** Calls the patched function and returns the arguments that reach Node's. */
function through(name: Name, args: readonly unknown[], begin: Begin = launches().begin): unknown[] {
  let seen: unknown[] = [];
  const record = (...received: unknown[]) => {
    seen = received;
  };
  const module = { spawnSync: record, execFileSync: record, execSync: record };
  patchSync(module as unknown as typeof childProcess, begin);
  Reflect.apply(module[name], module, args);
  return seen;
}

const env = { ...process.env, SERVER_MARK: 'm', PAWL_RUN: MARK };

describe('the arguments of a synchronous subprocess', () => {
  it.each<[Name, unknown[], unknown[]]>([
    ['spawnSync', ['f'], ['f', undefined, { env }]],
    ['spawnSync', ['f', ['a']], ['f', ['a'], { env }]],
    ['spawnSync', ['f', { shell: true }], ['f', { shell: true, env }]],
    ['spawnSync', ['f', ['a'], { cwd: '/' }], ['f', ['a'], { cwd: '/', env }]],
    ['spawnSync', ['f', null, { cwd: '/' }], ['f', null, { cwd: '/', env }]],
    ['spawnSync', ['f', { cwd: '/' }, 'ignored'], ['f', { cwd: '/', env }, 'ignored']],
    ['execFileSync', ['f'], ['f', undefined, { env }]],
    ['execFileSync', ['f', ['a']], ['f', ['a'], { env }]],
    ['execFileSync', ['f', { input: 'x' }], ['f', { input: 'x', env }]],
    ['execFileSync', ['f', ['a'], null], ['f', ['a'], { env }]],
    ['execSync', ['c'], ['c', { env }]],
    ['execSync', ['c', { encoding: 'utf8' }], ['c', { encoding: 'utf8', env }]],
    ['execSync', ['c', null], ['c', { env }]],
  ])('%s%j: the environment is added where the options are', (name, args, expected) => {
    expect(through(name, args)).toEqual(expected);
  });

  it.each<[Name, unknown[]]>([
    ['spawnSync', ['f', 'not an array']],
    ['spawnSync', ['f', ['a'], null]],
    ['spawnSync', ['f', ['a'], 'no options']],
    ['execFileSync', ['f', () => {}]],
    ['execSync', ['c', 5]],
    ['execSync', ['c', { env: 'PATH=/bin' }]],
  ])('%s%j: what Node refuses, or reads in its own way, is left to it', (name, args) => {
    expect(through(name, args)).toEqual(args);
  });

  it('stay as they are where no work is known', () => {
    expect(through('spawnSync', ['f', { stdio: 'inherit' }], () => null)).toEqual([
      'f',
      { stdio: 'inherit' },
    ]);
  });

  it('give inherited output to the prediction, and leave out what was left out', () => {
    const stdio = ['ignore', 'inherit', 2];
    expect(through('execSync', ['c', { stdio }])[1]).toMatchObject({
      stdio: ['ignore', CAPTURE.stdout, CAPTURE.stderr],
    });
    expect(through('execSync', ['c', {}])[1]).not.toHaveProperty('stdio');
    expect(stdio).toEqual(['ignore', 'inherit', 2]);
  });

  it('keep output of what shall outlive its prediction out of the log, and carry no run', () => {
    const kept = { env: { PAWL_KEEP: '1' }, stdio: 'inherit' };
    expect(through('spawnSync', ['f', kept])[1]).toEqual({
      env: { PAWL_KEEP: '1', SERVER_MARK: 'm' },
      stdio: ['inherit', DETACHED.stdout, DETACHED.stderr],
    });
  });

  it('of work that is over go to no log, under no address, with the mark of that work', () => {
    const { begin, spawned } = launches({ isActive: false });
    expect(through('spawnSync', ['f', { stdio: 'inherit' }], begin)[1]).toEqual({
      env,
      stdio: ['inherit', DETACHED.stdout, DETACHED.stderr],
    });
    expect(spawned).toEqual([{ count: 1, at: null, pid: null }]);
  });

  it('of setup keep their stdio and carry its mark', () => {
    const options = through('spawnSync', ['f', { stdio: 'inherit' }], launches({ at: null }).begin)[1];
    expect(options).toMatchObject({ stdio: 'inherit', env: { PAWL_RUN: `${process.pid}.setup` } });
  });
});

describe('a patched function', () => {
  it('returns and throws what Node’s does, and tells of the start either way', () => {
    const { begin, spawned } = launches();
    const module = {
      spawnSync: () => 'result',
      execSync: () => {
        throw new Error('from Node');
      },
    };
    patchSync(module as unknown as typeof childProcess, begin);
    expect(Reflect.apply(module.spawnSync, module, ['f'])).toBe('result');
    expect(() => Reflect.apply(module.execSync, module, ['c'])).toThrow('from Node');
    const at = { slot: 3, run: 7 };
    expect(spawned).toEqual([
      { count: 1, at, pid: null },
      { count: 2, at, pid: null },
    ]);
  });

  it('has the name and the length of the original', () => {
    const spawnSync = function spawnSync(_file: string, _args: unknown, _options: unknown) {};
    const module = { spawnSync };
    expect(patchSync(module as unknown as typeof childProcess, launches().begin)).toEqual([
      'execFileSync',
      'execSync',
    ]);
    expect(module.spawnSync).not.toBe(spawnSync);
    expect([module.spawnSync.name, module.spawnSync.length]).toEqual(['spawnSync', 3]);
  });
});
