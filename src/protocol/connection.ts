// A framed duplex over a stream: lines in, lines out, and exactly one close with its reason.
import type { Duplex } from 'node:stream';
import { encodeFrame, FrameDecoder } from './frame.ts';

export interface ConnectionEvents {
  /** One whole line. A throw closes the connection with that error as its reason. */
  onLine(line: string): void;
  /** Called once. `reason` is null when the peer closed between two lines. */
  onClose(reason: Error | null): void;
}

/** The peer died while it sent a line. */
export class TornLineError extends Error {}

export class Connection {
  readonly #stream: Duplex;
  readonly #decoder = new FrameDecoder();
  readonly #events: ConnectionEvents;
  #closed = false;

  constructor(stream: Duplex, events: ConnectionEvents) {
    this.#stream = stream;
    this.#events = events;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => this.#ended());
    stream.on('error', (error) => this.#close(error));
    stream.on('close', () => this.#close(null));
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Sends a message. False when the connection is closed: the caller learns the reason from onClose. */
  send(message: object): boolean {
    return this.sendLine(encodeFrame(message));
  }

  /** Sends a line that is already encoded, newline included. `onTaken`: the kernel has it, or nobody ever will. */
  sendLine(line: string | Buffer, onTaken?: () => void): boolean {
    if (this.#closed) {
      onTaken?.();
      return false;
    }
    this.#stream.write(line, onTaken && (() => onTaken()));
    return true;
  }

  /** Calls back once everything sent so far is with the kernel. */
  flush(done: () => void): void {
    if (this.#closed) done();
    else this.#stream.write('', () => done());
  }

  /** Flushes what was sent, then closes. */
  end(): void {
    if (!this.#closed) this.#stream.end();
  }

  destroy(reason: Error | null = null): void {
    this.#close(reason);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#decoder.push(chunk)) {
        if (this.#closed) return;
        this.#events.onLine(line);
      }
    } catch (error) {
      this.#close(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #ended(): void {
    const torn = this.#decoder.pendingBytes;
    this.#close(
      torn === 0 ? null : new TornLineError(`the channel ended in the middle of a line (${torn} bytes)`),
    );
  }

  #close(reason: Error | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.destroy();
    this.#events.onClose(reason);
  }
}
