import { describe, expect, it } from 'vitest';
import { PawlError } from '../../../../src/errors.ts';
import { limit } from '../../../../src/limits.ts';
import { notReady } from '../../../../src/server/prediction/readiness.ts';
import { NotTaken } from '../../../../src/server/prediction/refusal.ts';
import type { FleetStatus } from '../../../../src/server/supervisor/fleet.ts';
import { ScriptedFleet } from '../../../helpers/scripted-fleet.ts';

function fleetThat(status: FleetStatus, failure: PawlError | null = null): ScriptedFleet {
  const fleet = new ScriptedFleet();
  fleet.setup = { status: 'starting', startedAt: 1_000, completedAt: null, logs: '' };
  fleet.become(status, failure);
  return fleet;
}

const refusal = (fleet: ScriptedFleet, nowMs = 1_000) => notReady(fleet, false, false, nowMs);

describe('why no prediction is taken', () => {
  const boom = new PawlError('PAWL_SETUP_THREW', 'Error: no weights');

  it.each([
    [
      'starting',
      null,
      'PAWL_NOT_READY',
      /^Setup has not finished yet\. Wait until it has finished, or GET \/health/,
    ],
    ['recovering', boom, 'PAWL_NOT_READY', /ended and is being started again\. Error: no weights$/],
    ['setup_failed', boom, 'PAWL_SETUP_FAILED', /^Setup failed; GET \/health-check.* Error: no weights$/],
    ['defunct', boom, 'PAWL_DEFUNCT', /^No worker is left; restart the server\. Error: no weights$/],
    ['stopped', null, 'PAWL_SHUTTING_DOWN', /stopped/],
  ] as const)('is said of a fleet that is %s in words of its own', (status, failure, code, text) => {
    const error = refusal(fleetThat(status, failure));
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(text);
  });

  it('is nothing where it is ready, unless the predictor is not known or the server drains', () => {
    const fleet = fleetThat('ready');
    expect(refusal(fleet)).toBeNull();
    expect(notReady(fleet, true, false, 1_000)?.code).toBe('PAWL_NOT_READY');
    expect(notReady(fleet, false, true, 1_000)?.code).toBe('PAWL_SHUTTING_DOWN');
  });
});

describe('when to come back', () => {
  const laterS = (fleet: ScriptedFleet, nowMs: number) => {
    const error = refusal(fleet, nowMs);
    return error instanceof NotTaken ? error.retryAfterS : null;
  };

  it.each([
    ['a second, at first', 1_000, 1],
    ['as long again as setup has taken', 21_500, 21],
    ['at most the limit', 10 ** 9, limit('retryAfterMsMax') / 1_000],
  ])('is %s', (_what, nowMs, expected) => {
    expect(laterS(fleetThat('starting'), nowMs)).toBe(expected);
    expect(laterS(fleetThat('recovering'), nowMs)).toBe(expected);
  });

  it('is not said where coming back is no use', () => {
    for (const status of ['setup_failed', 'defunct', 'stopped'] as const) {
      expect(laterS(fleetThat(status), 5_000)).toBeNull();
    }
  });
});
