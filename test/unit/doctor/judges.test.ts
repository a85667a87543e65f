import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { InitFacts } from '../../../src/doctor/init-facts.ts';
import { judgeCapacity } from '../../../src/doctor/judge-capacity.ts';
import { judgeSystem } from '../../../src/doctor/judge-system.ts';
import { judgeWorkDir } from '../../../src/doctor/judge-work-dir.ts';
import type { DoctorPlan } from '../../../src/doctor/plan.ts';
import type { SystemFacts } from '../../../src/doctor/system-facts.ts';
import type { WorkDirFacts } from '../../../src/doctor/work-dir-facts.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const PLAN: DoctorPlan = { workers: 1, slots: 1, workDir: '/w', inputFileBytesMax: GiB };

const SYSTEM: SystemFacts = {
  node: '20.20.2',
  platform: 'linux',
  arch: 'x64',
  libc: 'glibc 2.36',
  openFilesMax: 1024,
  pipeBytesMax: MiB,
  pipesBytesMax: 64 * MiB,
  memoryBytes: 8 * GiB,
  isMemoryLimited: false,
  endsTogether: false,
  processesLeft: 1000,
  missingProcFiles: [],
};
const INIT: InitFacts = { reapsOrphans: true, adopter: { pid: 1, name: 'tini' } };
const WORK_DIR: WorkDirFacts = {
  workDir: '/w',
  obstacle: null,
  freeBytes: 10 * GiB,
  freeFiles: 100_000,
  isInMemory: false,
  socketObstacle: null,
  socketPath: '/w/pawl-x/w0-1/slots.sock',
};

function system(facts: Partial<SystemFacts>, plan: Partial<DoctorPlan> = {}, init: Partial<InitFacts> = {}) {
  const all = { ...SYSTEM, ...facts };
  const whole = { ...PLAN, ...plan };
  return [...judgeSystem(all, { ...INIT, ...init }, whole), ...judgeCapacity(all, whole)];
}

const troubles = (findings: readonly { check: string; verdict: string }[]) =>
  findings.filter(({ verdict }) => verdict !== 'ok').map(({ check, verdict }) => `${check}: ${verdict}`);

describe('the system', () => {
  it('is found well where nothing is wrong', () => {
    expect(troubles(system({}))).toEqual([]);
  });

  it.each<[Partial<SystemFacts>, string | null]>([
    [{ node: '18.20.8' }, 'node: failure'],
    [{ node: '20.18.3' }, 'node: failure'],
    [{ node: '20.19.0' }, null],
    [{ node: '26.10.0' }, null],
    [{ node: '28.0.0' }, 'node: warning'],
    [{ platform: 'win32', libc: null }, 'platform: warning'],
    [{ arch: 'riscv64' }, 'platform: warning'],
    [{ libc: 'glibc 2.17' }, 'platform: warning'],
    [{ libc: 'glibc 2.28' }, null],
    [{ libc: 'musl' }, null],
    [{ missingProcFiles: null }, 'proc: warning'],
    [{ missingProcFiles: ['/proc/uptime'] }, 'proc: warning'],
    [{ memoryBytes: 128 * MiB, isMemoryLimited: true }, 'memory: warning'],
    [{ endsTogether: true }, null],
    [{ endsTogether: true, isMemoryLimited: true }, 'memory: warning'],
    [{ processesLeft: null }, null],
    [{ processesLeft: 20 }, 'processes: warning'],
    [{ openFilesMax: null }, null],
    [{ openFilesMax: Number.POSITIVE_INFINITY }, null],
    [{ openFilesMax: 150 }, 'open files: warning'],
    [{ openFilesMax: 100 }, 'open files: failure'],
    [{ pipeBytesMax: null, pipesBytesMax: null }, null],
    [{ pipeBytesMax: 64 * 1024 }, 'pipes: warning'],
    [{ pipesBytesMax: 2 * MiB }, 'pipes: warning'],
  ])('with %j: %s', (facts, expected) => {
    expect(troubles(system(facts))).toEqual(expected === null ? [] : [expected]);
  });

  it.each<[Partial<InitFacts>, string | null]>([
    [{ reapsOrphans: false, adopter: { pid: 1, name: 'node' } }, 'init: warning'],
    [{ reapsOrphans: null, adopter: null }, null],
  ])('with %j for an init: %s', (init, expected) => {
    expect(troubles(system({}, {}, init))).toEqual(expected === null ? [] : [expected]);
  });

  it('is held against workers and slots', () => {
    expect(troubles(system({}, { workers: 2, slots: 64 }))).toEqual(['open files: warning']);
    expect(troubles(system({}, { workers: 2, slots: 512 }))).toEqual([
      'open files: failure',
      'pipes: warning',
    ]);
    expect(troubles(system({ memoryBytes: GiB }, { workers: 50 }))).toEqual([
      'memory: warning',
      'processes: warning',
      'pipes: warning',
    ]);
  });

  it('says with every trouble how to mend it, and what was counted', () => {
    const [files] = judgeCapacity({ ...SYSTEM, openFilesMax: 100 }, { ...PLAN, slots: 8 });
    expect(files?.message).toBe('100 per process; 1 worker with 8 slots need 152');
    expect(files?.mend).toMatch(/^Raise it to \d+ or more \(ulimit -n/);
    const found = system({ node: '18.0.0', libc: 'glibc 2.17', missingProcFiles: null, pipesBytesMax: 1 });
    for (const { verdict, mend } of found) expect(mend === null).toBe(verdict === 'ok');
  });

  it('takes the oldest Node from package.json', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    const [, oldest = ''] = /^>=(.+)$/.exec(engines.node) ?? [];
    expect(troubles(system({ node: oldest }))).toEqual([]);
    const [major, minor = 0] = oldest.split('.').map(Number);
    expect(troubles(system({ node: `${major}.${minor - 1}.0` }))).toEqual(['node: failure']);
  });
});

describe('the work directory', () => {
  const judge = (facts: Partial<WorkDirFacts>) => judgeWorkDir({ ...WORK_DIR, ...facts }, PLAN);

  it.each<[Partial<WorkDirFacts>, string[]]>([
    [{}, []],
    [{ freeBytes: null, freeFiles: null }, []],
    [{ obstacle: 'EACCES' }, ['work dir: failure']],
    [{ freeBytes: 10 * MiB }, ['work dir: failure']],
    [{ freeBytes: 500 * MiB }, ['work dir: warning']],
    [{ freeFiles: 3 }, ['work dir: warning']],
    [{ socketObstacle: 'EOPNOTSUPP' }, ['sockets: failure']],
    [{ socketPath: '/tmp/pawl-x/slots.sock' }, []],
  ])('with %j: %j', (facts, expected) => {
    expect(troubles(judge(facts))).toEqual(expected);
  });

  it('says where the sockets are, when its own path is too long for them', () => {
    const [, sockets] = judge({ socketPath: '/tmp/pawl-x/slots.sock' });
    expect(sockets?.message).toContain('/tmp/pawl-x/slots.sock');
  });

  it('says when what is stored there takes memory', () => {
    expect(judge({ isInMemory: true })[0]?.message).toBe('/w (in memory) has 10 GiB free');
  });
});
