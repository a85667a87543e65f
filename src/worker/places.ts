// Where this worker's directory, slot socket and predictor are: from its environment, or, where it was started early,
// from the first line of the control channel, for which it waits. Nobody after it sees any of this.
import { readSync } from 'node:fs';
import type { Begin } from '../protocol/control-messages.ts';
import { decodeBegin } from '../protocol/decode.ts';
import {
  WORKER_DIRECTORY_VARIABLE,
  WORKER_EARLY_VARIABLE,
  WORKER_PREDICTOR_VARIABLE,
  WORKER_SOCKET_VARIABLE,
} from '../protocol/environment.ts';
import { FrameDecoder } from '../protocol/frame.ts';

const BLOCK_BYTES = 4096;

/** Empty for what there is none of: no slots are wanted of a worker that only describes its predictor. */
export type Places = Omit<Begin, 'type'>;

/** Null where the server ended before it said anything. Blocks: nothing runs in this process yet. */
export function takePlaces(controlIn: number): Places | null {
  const places = {
    workDir: takeVariable(WORKER_DIRECTORY_VARIABLE),
    slotSocketPath: takeVariable(WORKER_SOCKET_VARIABLE),
    predictorPath: takeVariable(WORKER_PREDICTOR_VARIABLE),
  };
  if (takeVariable(WORKER_EARLY_VARIABLE) === '') return places;
  const line = firstLine(controlIn);
  return line === null ? null : decodeBegin(line);
}

function takeVariable(name: string): string {
  const value = process.env[name] ?? '';
  delete process.env[name];
  return value;
}

/** The server says nothing more until it was answered, so nothing beyond the line is read. */
function firstLine(fd: number): string | null {
  const decoder = new FrameDecoder();
  const block = Buffer.alloc(BLOCK_BYTES);
  for (;;) {
    const length = readSync(fd, block);
    if (length === 0) return null;
    const [line] = decoder.push(Buffer.from(block.subarray(0, length)));
    if (line !== undefined) return line;
  }
}
