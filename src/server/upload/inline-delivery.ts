// Delivers outputs inside the answer: spilled payloads are read back, files become data URLs. Owns the temporary
// files of an output from the moment it is handed over.
import { rm } from 'node:fs/promises';
import type { Json } from '../../base/json.ts';
import type { Logger } from '../../base/log.ts';
import { PawlError } from '../../errors.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import { unpackPayload } from '../../protocol/spill.ts';
import type { OutputDelivery } from '../prediction/output-delivery.ts';
import { readDataUrl } from './data-url.ts';
import { putAtPointer } from './json-pointer.ts';

export class InlineDelivery implements OutputDelivery {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  async deliver(output: Output, signal: AbortSignal): Promise<Json> {
    try {
      let value = await readPayload(output);
      // One after the other: a list of large files must not be in memory twice.
      for (const file of output.files)
        value = putAtPointer(value, file.pointer, await readDataUrl(file, signal));
      return value;
    } finally {
      await this.discard(output);
    }
  }

  async discard(output: Output): Promise<void> {
    const spilled = output.payload.in === 'file' ? [output.payload.path] : [];
    const temporary = output.files.filter((file) => file.temporary).map((file) => file.path);
    for (const path of [...spilled, ...temporary]) {
      try {
        await rm(path, { force: true });
      } catch (error) {
        // The prediction is not worse for it; the worker's directory goes with the worker.
        this.#log.warn({ path, error }, 'a temporary output file could not be removed');
      }
    }
  }
}

async function readPayload(output: Output): Promise<Json> {
  try {
    return await unpackPayload(output.payload);
  } catch (cause) {
    const path = output.payload.in === 'file' ? output.payload.path : 'the message';
    throw new PawlError('PAWL_OUTPUT_FILE_FAILED', `the output spilled to ${path} could not be read`, {
      cause,
    });
  }
}
