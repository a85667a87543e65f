// From the first message to ready: hello, loaded, slot sockets, setup, each with its deadline. It owns the listener
// and makes the slots; what they do later, and how the worker ends, is the worker's business.
import { randomUUID } from 'node:crypto';
import type { Config } from '../../config.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type {
  ControlEvent,
  Init,
  Loaded,
  PredictorDescription,
  Purpose,
} from '../../protocol/control-messages.ts';
import { asSlotIndex } from '../../protocol/ids.ts';
import { Outbox } from '../../protocol/outbox.ts';
import { checkVersion } from '../../protocol/version.ts';
import { Slot } from '../slot/slot.ts';
import type { SlotOwner } from '../slot/slot-owner.ts';
import { Deadlines } from './deadlines.ts';
import type { WorkerFault } from './exit-reason.ts';
import { initMessage } from './init-message.ts';
import { SlotListener } from './slot-listener.ts';
import type { WorkerStatus } from './status.ts';

/** The worker as its handshake sees it. */
export interface HandshakeHost extends SlotOwner {
  readonly status: WorkerStatus;
  become(status: 'connecting' | 'setting_up' | 'ready'): void;
  giveUp(fault: WorkerFault): void;
  /** The predictor is loaded. */
  described(predictor: PredictorDescription): void;
}

export type Progress = Extract<ControlEvent, { type: 'hello' | 'loaded' | 'described' | 'ready' }>;

export class Handshake {
  readonly #host: HandshakeHost;
  readonly #config: Config;
  readonly #purpose: Purpose;
  readonly #token = randomUUID();
  readonly #deadlines: Deadlines<'hello' | 'attach' | 'setup'>;
  #listener: SlotListener | null = null;
  #slots: readonly Slot[] = [];
  #predictor: PredictorDescription | null = null;
  #isSetUp = false;
  #uninterruptible: string | null = null;

  constructor(host: HandshakeHost, config: Config, purpose: Purpose) {
    this.#host = host;
    this.#config = config;
    this.#purpose = purpose;
    this.#deadlines = new Deadlines(host.clock);
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /** Known after listen(); empty for none. */
  get slotSocketPath(): string {
    return this.#listener?.path ?? '';
  }

  /** Known once it is loaded. */
  get predictor(): PredictorDescription | null {
    return this.#predictor;
  }

  /** Why a cancel cannot interrupt code that blocks; null where it can, and before the worker said hello. */
  get uninterruptible(): string | null {
    return this.#uninterruptible;
  }

  /** Before the worker is spawned: where it will find its slots. */
  async listen(): Promise<void> {
    if (this.#purpose === 'schema') return;
    const { workDir, logger } = this.#host;
    this.#listener = await SlotListener.open(workDir, {
      token: this.#token,
      logger,
      onAttached: () => this.#onAttached(),
    });
  }

  /** The worker runs: its deadlines count from here. */
  begin(): void {
    this.#faultAfter('hello', limit('helloMs'), (ms) => ({ kind: 'no_hello', ms }));
    const { setupTimeoutMs } = this.#config;
    if (this.#purpose === 'schema') {
      this.#faultAfter('setup', setupTimeoutMs ?? limit('describeMs'), (ms) => ({
        kind: 'describe_timeout',
        ms,
      }));
    } else if (setupTimeoutMs !== null) {
      this.#faultAfter('setup', setupTimeoutMs, (ms) => ({ kind: 'setup_timeout', ms }));
    }
  }

  /** Answer to hello, and not before: only now does the server hold what would remain of a worker that dies. */
  init(): Init {
    const { index } = this.#host;
    return initMessage(this.#config, { index, purpose: this.#purpose, slotToken: this.#token });
  }

  /** A throw means that the worker broke the protocol. */
  advance(event: Progress): void {
    const { status } = this.#host;
    switch (event.type) {
      case 'hello':
        this.#require(status === 'spawning', event.type);
        checkVersion(event.protocol, 'worker');
        this.#deadlines.cancel('hello');
        this.#uninterruptible = event.uninterruptible;
        return this.#host.become('connecting');
      case 'loaded':
        this.#require(status === 'connecting' && this.#slots.length === 0, event.type);
        return this.#onLoaded(event);
      case 'described':
        this.#require(status === 'connecting' && this.#purpose === 'schema', event.type);
        return this.#host.described(event.predictor);
      case 'ready':
        this.#require(this.#slots.length > 0 && !this.#isSetUp, event.type);
        this.#isSetUp = true;
        // The slot sockets are other channels: their last attach may still be on its way.
        if (status === 'setting_up') this.#becomeReady();
        return;
    }
  }

  /** Nothing is waited for any more, and no slot can be attached. */
  end(): void {
    this.#deadlines.close();
    this.#listener?.close();
  }

  #onLoaded({ slots: count, carries, predictor }: Loaded): void {
    const isCount = Number.isInteger(count) && count >= 1 && count <= limit('slotsPerWorkerMax');
    if (!isCount || this.#listener === null) {
      throw new PawlError('PAWL_PROTOCOL', `message loaded offers ${count} slots`);
    }
    this.#slots = Array.from({ length: count }, (_, index) => new Slot(this.#host, asSlotIndex(index)));
    if (carries && count > 1) this.#shareOutbox();
    const listener = this.#listener;
    this.#faultAfter('attach', limit('attachMs'), (ms) => {
      return { kind: 'not_attached', missing: listener.missing, ms };
    });
    listener.expect(this.#slots);
    this.#predictor = predictor;
    this.#host.described(predictor);
  }

  #shareOutbox(): void {
    const slots = this.#slots;
    const outbox = new Outbox(setImmediate);
    const isBusy = ({ status }: Slot) => status === 'busy';
    const send = (slot: Slot, line: string) =>
      outbox.send(slot, [line], !slots.some((other) => other !== slot && isBusy(other)));
    for (const slot of slots) slot.share({ send });
  }

  #onAttached(): void {
    this.#deadlines.cancel('attach');
    if (this.#host.status !== 'connecting') return;
    this.#host.become('setting_up');
    if (this.#isSetUp) this.#becomeReady();
  }

  #becomeReady(): void {
    this.#deadlines.close();
    this.#host.become('ready');
  }

  #require(condition: boolean, type: string): void {
    if (condition) return;
    const { status } = this.#host;
    throw new PawlError('PAWL_PROTOCOL', `message ${type} came out of turn (the worker was ${status})`);
  }

  #faultAfter(name: 'hello' | 'attach' | 'setup', ms: number, fault: (ms: number) => WorkerFault): void {
    this.#deadlines.set(name, ms, () => this.#host.giveUp(fault(ms)));
  }
}
