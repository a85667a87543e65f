// The prediction service over a scripted fleet, and what is submitted to it: a test names only what it is about.
import { silentLogger } from '../../src/base/log.ts';
import { asPredictionId } from '../../src/protocol/ids.ts';
import {
  PredictionService,
  type ServiceParts,
  type Submission,
} from '../../src/server/prediction/service.ts';
import { ManualClock } from './manual-clock.ts';
import { inlineDelivery, NO_FILES } from './no-files.ts';
import { ScriptedFleet } from './scripted-fleet.ts';

/** Of a server that was started without flags, on whatever fleet. */
export function serviceOn(parts: Pick<ServiceParts, 'fleet' | 'clock'> & Partial<ServiceParts>) {
  return new PredictionService({
    log: silentLogger,
    delivery: inlineDelivery(),
    files: NO_FILES,
    mode: 'predict',
    retention: 1_000,
    queue: 0,
    cancelKillMs: 10_000,
    predictTimeoutMs: null,
    streamHistory: { events: 10, bytes: 1_000 },
    ...parts,
  });
}

export interface ScriptedServiceOptions extends Partial<ServiceParts> {
  readonly capacity?: number;
}

/** Its fleet has not become ready. */
export function scriptedService({ capacity = 100, ...parts }: ScriptedServiceOptions = {}) {
  const fleet = new ScriptedFleet(capacity);
  const clock = new ManualClock();
  return { fleet, clock, service: serviceOn({ fleet, clock, ...parts }) };
}

export function submission(id: string, more: Partial<Submission> = {}): Submission {
  return {
    id: asPredictionId(id),
    mode: 'predict',
    input: {},
    context: {},
    trace: {},
    observers: [],
    cancelAfterMs: null,
    ...more,
  };
}
