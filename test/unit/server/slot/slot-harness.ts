// A slot with both ends in memory: what the server sent, and a way to answer as the worker would.
import { PassThrough } from 'node:stream';
import type { JsonObject } from '../../../../src/base/json.ts';
import { Connection } from '../../../../src/protocol/connection.ts';
import { asPredictionId, asSlotIndex, asWorkerIndex } from '../../../../src/protocol/ids.ts';
import type { PredictionRequest, SlotObserver } from '../../../../src/server/slot/permit.ts';
import { Slot } from '../../../../src/server/slot/slot.ts';
import type { SlotFault, SlotOwner } from '../../../../src/server/slot/slot-owner.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { RecordingLogger } from '../../../helpers/recording-logger.ts';

export class OwnerStub implements SlotOwner {
  readonly index = asWorkerIndex(0);
  readonly clock: ManualClock;
  readonly logger = new RecordingLogger();
  readonly cancelKillMs = 10_000;
  readonly faults: SlotFault[] = [];
  readonly cancels: string[] = [];
  workDir = '/nonexistent';

  constructor(clock = new ManualClock()) {
    this.clock = clock;
  }

  sendCancel(slot: number, run: number): void {
    this.cancels.push(`${slot} ${run}`);
  }

  giveUp(fault: SlotFault): void {
    this.faults.push(fault);
  }
}

/** Takes the place of the socket; what the server writes is in `sent`. */
export class SlotEnd {
  readonly slot: Slot;
  readonly owner: OwnerStub;
  readonly sent: string[] = [];
  readonly #stream = new PassThrough();

  constructor(owner = new OwnerStub(), index = 0) {
    this.owner = owner;
    const slot = new Slot(owner, asSlotIndex(index));
    this.slot = slot;
    const connection = new Connection(this.#stream, { onLine: () => {}, onClose: () => {} });
    connection.sendLine = (line) => this.sent.push(String(line)) > 0;
    slot.attach(connection);
  }

  say(message: JsonObject): void {
    this.slot.onLine(JSON.stringify(message));
  }

  succeed(id = 'p1'): void {
    this.say({ type: 'succeeded', id, output: 'value', predictMs: 5 });
  }

  idle(id = 'p1'): void {
    this.slot.onIdle(asPredictionId(id));
  }
}

export function request(part: Partial<PredictionRequest> = {}): PredictionRequest {
  return { id: asPredictionId('p1'), mode: 'predict', input: { s: 'x' }, files: [], context: {}, ...part };
}

/** Everything an observer hears, as lines. */
export function observer(heard: string[]): SlotObserver {
  return {
    onLog: (stream, data) => heard.push(`log ${stream} ${data}`),
    onOutput: ({ index }) => heard.push(`output ${index}`),
    onMetric: ({ name }) => heard.push(`metric ${name}`),
    onUsage: ({ cpuMs }) => heard.push(`usage ${cpuMs}`),
    onEnd: (outcome) =>
      heard.push(
        outcome.status === 'failed'
          ? `failed ${outcome.error.code}: ${outcome.error.message}`
          : outcome.status,
      ),
  };
}
