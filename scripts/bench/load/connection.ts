// One keep-alive connection that knows as much of HTTP as a load generator needs: the answers are those of servers we
// start ourselves, and what the generator spends is taken from them.
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKED_END = Buffer.from('0\r\n\r\n');

/** The status of the answer; 0 where the connection broke. */
export type Done = (status: number) => void;

export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #done: Done | null = null;
  #isBroken = false;

  constructor(host: string, port: number) {
    this.#socket = connect(port, host);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (piece) => this.#take(piece));
    const broke = () => {
      this.#isBroken = true;
      this.#finish(0);
    };
    this.#socket.on('error', broke);
    this.#socket.on('close', broke);
  }

  get isUsable(): boolean {
    return !this.#isBroken && this.#done === null;
  }

  send(request: Buffer, done: Done): void {
    this.#done = done;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(piece: Buffer): void {
    this.#received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    const status = wholeAnswer(this.#received);
    if (status === null) return;
    this.#received = Buffer.alloc(0);
    this.#finish(status);
  }

  #finish(status: number): void {
    const done = this.#done;
    this.#done = null;
    done?.(status);
  }
}

/** The status of an answer that has arrived whole; null while it has not. One request is on its way at a time. */
export function wholeAnswer(received: Buffer): number | null {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = received.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isWhole =
    length === undefined
      ? received.subarray(-CHUNKED_END.length).equals(CHUNKED_END)
      : received.length >= headEnd + HEAD_END.length + Number(length);
  return isWhole ? status : null;
}
