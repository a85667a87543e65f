// What both threads of a worker see without an event loop: one SharedArrayBuffer, its cells named here and nowhere
// else. The I/O thread writes cancellations; the model thread reads them even while it never yields.
import { limit } from '../limits.ts';

const BACKLOG_CELL = 0;
const SPAWN_CELL = 1;
const FIRST_SLOT_CELL = 2;
const FIRST_SPAWNED_CELL = FIRST_SLOT_CELL + limit('slotsPerWorkerMax');
const FIRST_MEMORY_CELL = FIRST_SPAWNED_CELL + limit('slotsPerWorkerMax');
const CELLS = FIRST_MEMORY_CELL + limit('slotsPerWorkerMax');
const KIB = 1024;

const BACKLOG_MAX = limit('slotBacklogBytesMax');

/** What a message between the threads takes beside its text, roughly. */
const MESSAGE_BYTES = 512;

export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT);
    this.#cells = new Int32Array(this.buffer);
  }

  /** I/O thread: run number `run` on `slot` was canceled. */
  cancel(slot: number, run: number): void {
    Atomics.store(this.#cells, FIRST_SLOT_CELL + slot, run);
  }

  /** Model thread: was run number `run` on `slot` canceled? */
  isCanceled(slot: number, run: number): boolean {
    return Atomics.load(this.#cells, FIRST_SLOT_CELL + slot) === run;
  }

  /**
   * Model thread: a subprocess is about to be started, by run number `run` on `slot` or by no prediction (null).
   * Returns the number of this start. A synchronous one blocks the thread from now on.
   */
  spawning(at: { readonly slot: number; readonly run: number } | null): number {
    if (at !== null) Atomics.store(this.#cells, FIRST_SPAWNED_CELL + at.slot, at.run);
    return Atomics.add(this.#cells, SPAWN_CELL, 1) + 1;
  }

  /** I/O thread: how many subprocesses were started so far, the one under way included. */
  get spawnCount(): number {
    return Atomics.load(this.#cells, SPAWN_CELL);
  }

  /** Did run number `run`, the last on `slot`, start a subprocess? */
  hasSpawned(slot: number, run: number): boolean {
    return Atomics.load(this.#cells, FIRST_SPAWNED_CELL + slot) === run;
  }

  /** A run begins on `slot`. */
  forgetSubprocesses(slot: number): void {
    Atomics.store(this.#cells, FIRST_MEMORY_CELL + slot, 0);
  }

  /** I/O thread: the subprocesses of the run on `slot` were seen to hold this much. */
  sawSubprocesses(slot: number, kib: number): void {
    const cell = FIRST_MEMORY_CELL + slot;
    if (kib > Atomics.load(this.#cells, cell)) Atomics.store(this.#cells, cell, kib);
  }

  /** Model thread: the most that the subprocesses of the run on `slot` were seen to hold; null where none was seen. */
  subprocessPeakBytes(slot: number): number | null {
    const kib = Atomics.load(this.#cells, FIRST_MEMORY_CELL + slot);
    return kib === 0 ? null : kib * KIB;
  }

  /**
   * Model thread, right before it hands over a message of `bytes`: waits while as much as the limit is on its way. An
   * interrupt may end the wait; nothing is claimed then, and nothing may be handed over.
   */
  claim(bytes: number): void {
    const outstanding = Atomics.load(this.#cells, BACKLOG_CELL);
    if (outstanding >= BACKLOG_MAX) this.#waitForRoom(outstanding);
    Atomics.add(this.#cells, BACKLOG_CELL, bytes + MESSAGE_BYTES);
  }

  #waitForRoom(outstanding: number): void {
    const deadline = performance.now() + limit('backlogWaitMs');
    let seen = outstanding;
    while (seen >= BACKLOG_MAX && performance.now() < deadline) {
      Atomics.wait(this.#cells, BACKLOG_CELL, seen, 100);
      seen = Atomics.load(this.#cells, BACKLOG_CELL);
    }
  }

  /** I/O thread: the kernel took so many messages of `bytes` together, or nobody ever will. */
  release(bytes: number, messages = 1): void {
    Atomics.sub(this.#cells, BACKLOG_CELL, bytes + messages * MESSAGE_BYTES);
    Atomics.notify(this.#cells, BACKLOG_CELL);
  }
}
