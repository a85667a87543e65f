import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../../src/doctor/judge-addon.ts';
import { type ProbeLine, parseProbe } from '../../../src/doctor/probe-report.ts';

const ADDON: ProbeLine = { type: 'addon', file: '/p/build/Release/pawl.node', isForced: false, attempts: [] };
const WORKS: readonly ProbeLine[] = [
  ADDON,
  { type: 'orphans', adopts: null },
  { type: 'interrupts', unavailable: null },
  { type: 'interrupted', blocking: 'loop', ms: 1.25 },
  { type: 'interrupted', blocking: 'system call', ms: 2 },
];

const judge = (lines: readonly ProbeLine[], trouble: string | null = null) =>
  judgeProbe({ lines, trouble }, 'Rebuild it.');
const verdicts = (lines: readonly ProbeLine[], trouble: string | null = null) =>
  Object.fromEntries(judge(lines, trouble).map(({ check, verdict }) => [check, verdict]));

describe('what the probe found', () => {
  it('is well where everything worked, and says how long an interrupt took', () => {
    expect(verdicts(WORKS)).toEqual({ addon: 'ok', interrupts: 'ok', orphans: 'ok' });
    expect(judge(WORKS)[1]?.message).toBe('ended a loop after 1.3 ms, a system call after 2.0 ms');
  });

  it('fails without an addon, and lists every file that was tried', () => {
    const attempts = [
      { file: '/a.node', reason: 'no such file' },
      { file: '/b.node', reason: 'invalid ELF header' },
    ];
    expect(judge([{ ...ADDON, file: null, attempts }])).toEqual([
      {
        check: 'addon',
        verdict: 'failure',
        message: expect.stringContaining('\n/a.node: no such file\n/b.node: invalid ELF header'),
        mend: 'Rebuild it.',
      },
    ]);
  });

  it('fails where loading the addon ends the process', () => {
    const [addon] = judge([], 'it ended with SIGSEGV');
    expect(addon?.message).toBe('loading it ended the process that tried: it ended with SIGSEGV');
  });

  it('warns where a better addon is broken', () => {
    const attempts = [{ file: '/a.node', reason: 'invalid ELF header' }];
    expect(verdicts([{ ...ADDON, attempts }, ...WORKS.slice(1)])).toMatchObject({ addon: 'warning' });
    const missing = [{ file: '/a.node', reason: 'no such file' }];
    expect(verdicts([{ ...ADDON, attempts: missing }, ...WORKS.slice(1)])).toMatchObject({ addon: 'ok' });
  });

  it('warns where interrupts are unavailable, with the reason and what it costs', () => {
    const lines: ProbeLine[] = [ADDON, { type: 'interrupts', unavailable: 'this Node does not export it' }];
    const interrupts = judge(lines)[1];
    expect(interrupts?.verdict).toBe('warning');
    expect(interrupts?.message).toMatch(/because this Node does not export it: .* costs the worker/);
  });

  it.each<[string, readonly ProbeLine[], string | null, RegExp]>([
    ['a hang in a loop', WORKS.slice(0, 3), 'it had not ended after 10 s', /endless loop.*after 10 s/],
    ['a hang in a system call', WORKS.slice(0, 4), 'it had not ended after 10 s', /system call/],
    ['a crash after both', WORKS, 'it ended with SIGABRT', /SIGABRT/],
    ['a call that ended by itself', WORKS.slice(0, 4), null, /it was not ended/],
  ])('fails at %s', (_, lines, trouble, message) => {
    const interrupts = judge(lines, trouble)[1];
    expect(interrupts?.verdict).toBe('failure');
    expect(interrupts?.message).toMatch(message);
  });

  it('warns where orphans are not adopted', () => {
    const lines = WORKS.map((line) => (line.type === 'orphans' ? { ...line, adopts: 'it went to 1' } : line));
    expect(verdicts(lines)).toMatchObject({ orphans: 'warning' });
  });
});

it('a probe’s lines are found among whatever else is printed', () => {
  const text = `hello\n${JSON.stringify(ADDON)}\n{"type":"other"}\n{"type":"interr`;
  expect(parseProbe(text)).toEqual([ADDON]);
});
