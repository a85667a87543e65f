// What a worker wrote and did not live to read: the server opens the read ends of its capture pipes as well, through
// /proc, and reads them when the worker is dead. Until then it never reads, so that nothing is taken from the worker.
// Where there is no /proc (macOS), or no descriptor is free, nothing is held and nothing remains.
//
// Safety contract: owns the descriptors it opens until close(). Opens nothing but pipes, whatever the worker names.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { limit } from '../../limits.ts';
import type { CapturePipes, OutputStream } from '../../protocol/control-messages.ts';

type Held = { readonly [stream in OutputStream]: number | null };

export interface Remains {
  readonly stream: OutputStream;
  readonly text: string;
}

const STREAMS = ['stdout', 'stderr'] as const satisfies readonly OutputStream[];

export class CaptureRemains {
  readonly #pid: number;
  #process: Held | null = null;
  #slots: readonly Held[] = [];

  constructor(workerPid: number) {
    this.#pid = workerPid;
  }

  holdProcess(pipes: CapturePipes): void {
    this.#process ??= this.#open(pipes);
  }

  holdSlots(pipes: readonly CapturePipes[]): void {
    if (this.#slots.length === 0) this.#slots = pipes.map((pair) => this.#open(pair));
  }

  /** Of the process's own stdout and stderr. Only when the worker is dead. */
  ofProcess(): Remains[] {
    return remainsOf(this.#process);
  }

  /** Of the pipes that the slot has to itself. */
  ofSlot(index: number): Remains[] {
    return remainsOf(this.#slots[index] ?? null);
  }

  close(): void {
    for (const held of [this.#process, ...this.#slots]) {
      for (const stream of STREAMS) if (held?.[stream] != null) closeSync(held[stream]);
    }
    this.#process = null;
    this.#slots = [];
  }

  #open(pipes: CapturePipes): Held {
    return { stdout: openPipe(this.#pid, pipes.stdout), stderr: openPipe(this.#pid, pipes.stderr) };
  }
}

function openPipe(pid: number, descriptor: number): number | null {
  try {
    const fd = openSync(`/proc/${pid}/fd/${descriptor}`, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isFIFO()) return fd;
    closeSync(fd);
    return null;
  } catch {
    // The worker is gone already, /proc is not there or shut, or no descriptor is free: its last words are lost then.
    return null;
  }
}

function remainsOf(held: Held | null): Remains[] {
  if (held === null) return [];
  return STREAMS.map((stream) => ({ stream, text: contentOf(held[stream]) })).filter(
    ({ text }) => text !== '',
  );
}

/** A descendant that outlived the worker may still write: what a pipe holds at most is enough. */
function contentOf(fd: number | null): string {
  if (fd === null) return '';
  const content = Buffer.alloc(limit('capturePipeBytes'));
  let length = 0;
  try {
    while (length < content.length) {
      const count = readSync(fd, content, length, content.length - length, null);
      if (count === 0) break;
      length += count;
    }
  } catch {
    // EAGAIN: empty, and the write end is still open somewhere.
  }
  return content.toString('utf8', 0, length);
}
