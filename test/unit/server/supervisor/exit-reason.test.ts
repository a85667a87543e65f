import { describe, expect, it } from 'vitest';
import { asSlotIndex } from '../../../../src/protocol/ids.ts';
import {
  type EndFacts,
  endError,
  exitReason,
  setupFailureText,
  type WorkerFault,
} from '../../../../src/server/supervisor/exit-reason.ts';

const slot = asSlotIndex(1);
const lost: WorkerFault = { kind: 'slot_lost', slot, detail: null };
const ignored: WorkerFault = { kind: 'cancel_ignored', slot, ms: 10_000 };
const facts = (part: Partial<EndFacts>): EndFacts => ({
  exit: null,
  fault: null,
  isStopping: false,
  isKilled: false,
  ...part,
});

describe('exit reason', () => {
  const table: [string, EndFacts, unknown][] = [
    ['the exit code', facts({ exit: { code: 3, signal: null } }), { kind: 'exit', code: 3 }],
    ['the signal', facts({ exit: { code: null, signal: 'SIGKILL' } }), { kind: 'signal', signal: 'SIGKILL' }],
    [
      'how it ended, rather than the socket that closed with it',
      facts({ exit: { code: null, signal: 'SIGSEGV' }, fault: lost }),
      { kind: 'signal', signal: 'SIGSEGV' },
    ],
    [
      'the lost socket, where the server had to kill it for that',
      facts({ exit: { code: null, signal: 'SIGKILL' }, fault: lost, isKilled: true }),
      { kind: 'fault', fault: lost },
    ],
    [
      'the fault that it was killed for',
      facts({ exit: { code: null, signal: 'SIGKILL' }, fault: ignored, isKilled: true }),
      { kind: 'fault', fault: ignored },
    ],
    [
      'the stop, whatever it took',
      facts({ exit: { code: null, signal: 'SIGKILL' }, fault: lost, isStopping: true, isKilled: true }),
      { kind: 'stopped' },
    ],
    ['that it would not end', facts({ isKilled: true }), { kind: 'unreaped' }],
  ];
  it.each(table)('is %s', (_name, given, reason) => {
    expect(exitReason(given)).toEqual(reason);
  });
});

describe('message of an ended worker', () => {
  const texts: [ReturnType<typeof exitReason>, string, string][] = [
    [
      { kind: 'signal', signal: 'SIGKILL' },
      '',
      'the worker was killed by SIGKILL (perhaps out of memory) while it ran this prediction',
    ],
    [{ kind: 'exit', code: 3 }, '', 'the worker exited with code 3 while it ran this prediction'],
    [
      { kind: 'exit', code: 3 },
      'no license',
      'the worker exited with code 3 while it ran this prediction; its last words: no license',
    ],
    [
      { kind: 'signal', signal: 'SIGABRT' },
      'FATAL ERROR: Reached heap limit',
      'the worker ran out of JavaScript heap (SIGABRT; NODE_OPTIONS=--max-old-space-size=MEGABYTES gives it more) ' +
        'while it ran this prediction; its last words: FATAL ERROR: Reached heap limit',
    ],
    [
      { kind: 'signal', signal: 'SIGABRT' },
      'assertion failed: n > 0',
      'the worker aborted (SIGABRT) while it ran this prediction; its last words: assertion failed: n > 0',
    ],
    [
      { kind: 'signal', signal: 'SIGSEGV' },
      '',
      'the worker crashed in native code (SIGSEGV) while it ran this prediction',
    ],
    [
      { kind: 'fault', fault: ignored },
      '',
      'the worker was killed while it ran this prediction, because the canceled prediction on slot 1 ' +
        'still ran 10 s after its cancel',
    ],
  ];
  it.each(texts)('%j %s', (reason, lastWords, text) => {
    const error = endError(reason, 'prediction', lastWords);
    expect(error.message).toBe(text);
    expect(error.code).toBe('PAWL_WORKER_CRASHED');
  });

  it('names the flag when setup took too long', () => {
    const error = endError({ kind: 'fault', fault: { kind: 'setup_timeout', ms: 1500 } }, 'setup', '');
    expect(error.code).toBe('PAWL_SETUP_TIMEOUT');
    expect(error.message).toContain('1.5 s (--setup-timeout)');
  });

  it('keeps the code that a failed setup reported', () => {
    const error = {
      name: 'PawlError',
      message: 'no such file',
      stack: null,
      code: 'PAWL_LOAD_FAILED',
    } as const;
    const ended = endError({ kind: 'fault', fault: { kind: 'setup_failed', error } }, 'setup', '');
    expect([ended.code, ended.message]).toEqual(['PAWL_LOAD_FAILED', 'no such file']);
  });
});

describe('text of a setup failure', () => {
  const error = { name: 'RangeError', message: 'too big', code: 'PAWL_SETUP_THREW' } as const;

  it('does not repeat the message that the stack begins with', () => {
    const stack = 'RangeError: too big\n    at setup (p.ts:3:9)';
    expect(setupFailureText({ ...error, stack })).toBe(stack);
  });

  it('puts the message before a stack without one', () => {
    expect(setupFailureText({ ...error, stack: '    at setup (p.ts:3:9)' })).toBe(
      'RangeError: too big\n    at setup (p.ts:3:9)',
    );
  });
});
