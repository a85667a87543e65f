// The bytes of one prediction request, and where they go.
import type { RunningContender } from '../contender.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly request: Buffer;
}

export function targetOf(server: RunningContender, input: { readonly [key: string]: unknown }): Target {
  const { hostname, port, host } = new URL(server.url);
  const body = server.body(input);
  const head = [
    `POST ${server.path} HTTP/1.1`,
    `host: ${host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return { host: hostname, port: Number(port), request: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`) };
}
