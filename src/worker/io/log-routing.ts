// Decides whose log captured output belongs to, at the moment it is read. JavaScript that knows its prediction does
// not come through here with doubt: with several slots each has pipes of its own.
import type { ControlEvent, OutputStream, WorkerLog } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import type { CaptureFlow } from './capture-flow.ts';
import type { SlotChannel } from './slot-channel.ts';

export type SendControl = (event: ControlEvent, onTaken?: () => void) => void;

export class LogRouting {
  readonly #slots: readonly SlotChannel[];
  readonly #sendControl: SendControl;
  readonly #flow: CaptureFlow;
  #isSettingUp = true;

  constructor(slots: readonly SlotChannel[], sendControl: SendControl, flow: CaptureFlow) {
    this.#slots = slots;
    this.#sendControl = sendControl;
    this.#flow = flow;
  }

  /** True the first time. */
  setupEnded(): boolean {
    const wasSettingUp = this.#isSettingUp;
    this.#isSettingUp = false;
    return wasSettingUp;
  }

  /** Text from the process's own stdout or stderr: native code, subprocesses, JavaScript without a prediction. */
  fromProcess(stream: OutputStream, data: string): void {
    if (this.#isSettingUp) return this.#toServer(stream, data, 'setup', null);
    const busy = this.#slots.filter((slot) => slot.isBusy);
    const only = busy[0];
    if (only === undefined) return this.#toServer(stream, data, 'detached', this.#lastOfOnlySlot());
    if (busy.length > 1) return this.#toServer(stream, data, 'unattributed', null);
    this.fromSlot(only, stream, data);
  }

  /** Text from the pipes of one slot. */
  fromSlot(slot: SlotChannel, stream: OutputStream, data: string): void {
    if (slot.id === null) this.#toServer(stream, data, 'detached', slot.lastId);
    else slot.sendLog(slot.id, stream, data, this.#flow.sending(data.length));
  }

  /** Text from the pipes of subprocesses that belong to no prediction. */
  fromDetached(stream: OutputStream, data: string): void {
    this.#toServer(stream, data, this.#isSettingUp ? 'setup' : 'detached', null);
  }

  /** Text that JavaScript wrote after its prediction had ended, or without ever having one. */
  detached(stream: OutputStream, data: string, id: PredictionId | null, onTaken: () => void): void {
    const origin = this.#isSettingUp ? 'setup' : 'detached';
    this.#sendControl({ type: 'log', stream, data, origin, id }, onTaken);
  }

  #lastOfOnlySlot(): PredictionId | null {
    return this.#slots.length === 1 ? (this.#slots[0]?.lastId ?? null) : null;
  }

  #toServer(stream: OutputStream, data: string, origin: WorkerLog['origin'], id: PredictionId | null): void {
    this.#sendControl({ type: 'log', stream, data, origin, id }, this.#flow.sending(data.length));
  }
}
