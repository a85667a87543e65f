import { describe, expect, it } from 'vitest';
import {
  isKeptEnv,
  isKeptPairs,
  markEnv,
  markPairs,
} from '../../../../../src/worker/model/subprocess/environment.ts';

const MARKS = { set: { PAWL_RUN: '10.0.1' }, carry: { SERVER: 'mark' } };

describe('the environment of a subprocess', () => {
  it('gets the marks and keeps what the user put there', () => {
    expect(markEnv({ PATH: '/bin', EMPTY: '' }, MARKS)).toEqual({
      PATH: '/bin',
      EMPTY: '',
      SERVER: 'mark',
      PAWL_RUN: '10.0.1',
    });
    expect(markPairs(['PATH=/bin', 'EQUAL=a=b'], MARKS)).toEqual([
      'PATH=/bin',
      'EQUAL=a=b',
      'SERVER=mark',
      'PAWL_RUN=10.0.1',
    ]);
  });

  it('names this run even where another one is inherited, and once', () => {
    expect(markEnv({ PAWL_RUN: '9.0.1' }, MARKS)).toEqual({ SERVER: 'mark', PAWL_RUN: '10.0.1' });
    expect(markPairs(['PAWL_RUN=9.0.1'], MARKS)).toEqual(['SERVER=mark', 'PAWL_RUN=10.0.1']);
  });

  it('keeps a server’s mark that is there', () => {
    expect(markEnv({ SERVER: 'own' }, MARKS)).toMatchObject({ SERVER: 'own' });
    expect(markPairs(['SERVER=own'], MARKS)).toEqual(['SERVER=own', 'PAWL_RUN=10.0.1']);
  });

  it('is read as Node reads it: inherited properties count, undefined ones do not', () => {
    const env: object = Object.assign(Object.create({ BASE: 'b' }), { GONE: undefined });
    expect(markEnv(env, MARKS)).toEqual({ BASE: 'b', SERVER: 'mark', PAWL_RUN: '10.0.1' });
  });

  it('says PAWL_KEEP=1 when the subprocess shall stay', () => {
    expect(isKeptEnv({ PAWL_KEEP: '1' })).toBe(true);
    expect(isKeptEnv({ PAWL_KEEP: '' })).toBe(false);
    expect(isKeptPairs(['A=1', 'PAWL_KEEP=1'])).toBe(true);
    expect(isKeptPairs(['PAWL_KEEP=10', 'NOT_PAWL_KEEP=1'])).toBe(false);
  });
});
