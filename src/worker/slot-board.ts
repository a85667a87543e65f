// What each slot of this worker carries, in shared memory, and which of the two threads has the slots in hand: takes
// their predictions and sends their ends. Most predictions print nothing, start nothing and are not canceled; those begin
// and end on the model thread alone, and the I/O thread sleeps. It takes the slots before it does anything for one of
// them, and gives them back when nothing of any slot is in its hands any more: see worker/io/standby.ts.
import { assert } from '../base/assert.ts';
import { limit } from '../limits.ts';
import { asPredictionId, type PredictionId } from '../protocol/ids.ts';

/** Value of the first cell. */
const STANDBY = 0;
const MODEL_HOLDS = 1;
const IO_HAS = 2;
const IO_KEEPS = 3;
const HOLDER_CELL = 0;
const FIRST_SLOT_CELL = 2;

/** Cells of a slot. */
const RUN = 0;
const IS_BUSY = 1;
const ID_LENGTH = 2;
/** Two cells. */
const BEGAN = 4;
const FIRST_OF_ID = 6;
/** An id has 128 characters at most, all of them ASCII. */
const ID_BYTES = 128;
const CELL_BYTES = Int32Array.BYTES_PER_ELEMENT;
const CELLS_OF_SLOT = FIRST_OF_ID + ID_BYTES / CELL_BYTES;
const CELLS = FIRST_SLOT_CELL + CELLS_OF_SLOT * limit('slotsPerWorkerMax');
/** A lost wake would cost this much. */
const LOOK_AGAIN_MS = 20;

/** no: the I/O thread has the slots, and for longer than it takes to deal with a message: soon. */
export type Held = 'held' | 'soon' | 'no';

export class SlotBoard {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #times: Float64Array;
  readonly #bytes: Buffer;
  /** performance.now() begins at zero in each thread: how much the clock of all is ahead of this one's. */
  readonly #aheadMs: number;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(CELLS * CELL_BYTES);
    this.#cells = new Int32Array(this.buffer);
    this.#times = new Float64Array(this.buffer);
    this.#bytes = Buffer.from(this.buffer);
    // A pause between the two makes it smaller.
    this.#aheadMs = Math.max(...Array.from({ length: 5 }, () => now() - performance.now()));
  }

  /**
   * Model thread: nobody else reads output, changes a slot or writes to a slot socket until letGo(), which must come in
   * the same breath.
   */
  hold(): Held {
    const before = Atomics.compareExchange(this.#cells, HOLDER_CELL, STANDBY, MODEL_HOLDS);
    if (before === STANDBY) return 'held';
    return before === IO_HAS ? 'soon' : 'no';
  }

  letGo(): void {
    Atomics.store(this.#cells, HOLDER_CELL, STANDBY);
    Atomics.notify(this.#cells, HOLDER_CELL);
  }

  /** I/O thread: it has the slots from now on. */
  take(): void {
    while (Atomics.compareExchange(this.#cells, HOLDER_CELL, STANDBY, IO_HAS) === MODEL_HOLDS) {
      // For as long as a few system calls take that do not wait.
      Atomics.wait(this.#cells, HOLDER_CELL, MODEL_HOLDS, LOOK_AGAIN_MS);
    }
  }

  /** I/O thread, which has the slots: it will not give them back at once. */
  keep(): void {
    Atomics.store(this.#cells, HOLDER_CELL, IO_KEEPS);
  }

  /** I/O thread: the model thread may go on by itself. */
  giveBack(): void {
    Atomics.store(this.#cells, HOLDER_CELL, STANDBY);
  }

  // What follows is for the thread that has the slots in hand.

  begin(slot: number, run: number, id: PredictionId): void {
    const cell = firstCell(slot);
    assert(this.#cells[cell + IS_BUSY] === 0, `slot ${slot} is busy already`);
    this.#cells[cell + RUN] = run;
    this.#cells[cell + IS_BUSY] = 1;
    this.#cells[cell + ID_LENGTH] = this.#bytes.write(
      id,
      (cell + FIRST_OF_ID) * CELL_BYTES,
      ID_BYTES,
      'latin1',
    );
    this.#times[(cell + BEGAN) / 2] = now();
  }

  /** False where `run` is not the current one: it was ended before. */
  end(slot: number, run: number): boolean {
    if (!this.carries(slot, run)) return false;
    this.#cells[firstCell(slot) + IS_BUSY] = 0;
    return true;
  }

  isBusy(slot: number): boolean {
    return this.#cells[firstCell(slot) + IS_BUSY] === 1;
  }

  carries(slot: number, run: number): boolean {
    return this.isBusy(slot) && this.run(slot) === run;
  }

  /** Number of the current or last run, 1 for the first; 0 before that. */
  run(slot: number): number {
    return this.#cells[firstCell(slot) + RUN] ?? 0;
  }

  /** Of the current or last run; null before the first. */
  id(slot: number): PredictionId | null {
    const cell = firstCell(slot);
    const length = this.#cells[cell + ID_LENGTH] ?? 0;
    const from = (cell + FIRST_OF_ID) * CELL_BYTES;
    return length === 0 ? null : asPredictionId(this.#bytes.toString('latin1', from, from + length));
  }

  /** When the current or last run began, as performance.now() of this thread counts. */
  began(slot: number): number {
    return (this.#times[(firstCell(slot) + BEGAN) / 2] ?? 0) - this.#aheadMs;
  }
}

function firstCell(slot: number): number {
  return FIRST_SLOT_CELL + slot * CELLS_OF_SLOT;
}

/** The same in every thread. */
function now(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1e3 + nanos / 1e6;
}
