// HTTP by hand: raw bytes to a port on loopback, and one answer read back. For what a client library would not send.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Lower case, with the status line. */
  readonly headers: string;
  readonly body: unknown;
}

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A reset after the answer is no failure of the test.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Writes raw bytes and reads one answer with a Content-Length; rejects where the connection closes without one. */
export async function exchange(socket: Socket, text: string): Promise<RawAnswer> {
  const answered = nextAnswer(socket);
  socket.write(text);
  return answered;
}

export function nextAnswer(socket: Socket): Promise<RawAnswer> {
  let received = '';
  return new Promise<RawAnswer>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const answer = parse(received);
      if (answer !== null) resolve(answer);
    });
    socket.on('close', () => reject(new Error(`closed after: ${JSON.stringify(received)}`)));
  });
}

/** A request without a body. */
export function requestText(line: string, ...headers: string[]): string {
  return `${line} HTTP/1.1\r\n${['host: x', ...headers].join('\r\n')}\r\n\r\n`;
}

function parse(received: string): RawAnswer | null {
  const [head, body] = received.split(/\r\n\r\n(.*)/s);
  const length = /content-length: (\d+)/i.exec(head ?? '')?.[1];
  if (head === undefined || body === undefined || body.length < Number(length)) return null;
  return { status: Number(head.split(' ')[1]), headers: head.toLowerCase(), body: JSON.parse(body) };
}
