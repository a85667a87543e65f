// One HTTP request to a server under measurement. Reads the answer without keeping it: bodies are large here, and what the
// client spends is taken from the server on a small machine.
import { Agent, type IncomingMessage, request } from 'node:http';

const ANSWER_MS = 60_000;
const ENDS_BYTES = 4_096;
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export interface Call {
  readonly method?: 'POST' | 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly deadlineMs?: number;
  /** Each piece of the answer as it comes. */
  readonly onPiece?: (piece: Buffer) => void;
}

export interface Answer {
  readonly status: number;
  readonly bytes: number;
  /** From the request to the last byte of its answer. */
  readonly ms: number;
  /** Beginning and end of the body: all of a short one. */
  readonly text: string;
}

export function call(url: string, options: Call = {}): Promise<Answer> {
  const { method = 'POST', headers = {}, body, onPiece, deadlineMs = ANSWER_MS } = options;
  const began = performance.now();
  const bodyHeaders =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers: { ...bodyHeaders, ...headers } }, (response) => {
      read(response, onPiece).then(
        ({ bytes, text }) =>
          resolve({ status: response.statusCode ?? 0, bytes, text, ms: performance.now() - began }),
        reject,
      );
    });
    const overdue = () => outgoing.destroy(new Error(`no whole answer from ${url} within ${deadlineMs} ms`));
    const timer = setTimeout(overdue, deadlineMs);
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function read(response: IncomingMessage, onPiece: Call['onPiece']): Promise<{ bytes: number; text: string }> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let beginning = '';
    let end: Buffer = Buffer.alloc(0);
    response.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (beginning.length < ENDS_BYTES)
        beginning += piece.toString('latin1', 0, ENDS_BYTES - beginning.length);
      end =
        piece.length >= ENDS_BYTES
          ? piece.subarray(-ENDS_BYTES)
          : Buffer.concat([end, piece]).subarray(-ENDS_BYTES);
      onPiece?.(piece);
    });
    response.on('end', () => {
      resolve({ bytes, text: bytes <= ENDS_BYTES ? beginning : `${beginning}…${end.toString('latin1')}` });
    });
    response.on('error', reject);
  });
}
