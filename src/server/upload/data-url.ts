// Reads a file as a data URL, in blocks, so that the event loop stays free and the size is bounded while reading.
import type { FileHandle } from 'node:fs/promises';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { OutputFile } from '../../protocol/slot-messages.ts';
import { mediaType, openOutput, outputFileFailed } from './open-output.ts';

// A multiple of three, so that every block but the last encodes without padding.
const BLOCK_BYTES = 3 * 128 * 1024;

/** plain: as Cog's. named: with the file's name as a parameter, for who knows that it may be there. */
export type DataUrlForm = 'plain' | 'named';

/** Rejects with PAWL_OUTPUT_FILE_FAILED, naming the file. */
export async function readDataUrl(file: OutputFile, form: DataUrlForm, signal: AbortSignal): Promise<string> {
  try {
    await using output = await openOutput(file);
    checkSize(output.size);
    const name = form === 'plain' ? '' : `;name=${encodeURIComponent(file.name.toWellFormed())}`;
    return `data:${mediaType(file)}${name};base64,${await readBase64(output.handle, signal)}`;
  } catch (cause) {
    throw outputFileFailed(file, 'could not be delivered', cause);
  }
}

async function readBase64(handle: FileHandle, signal: AbortSignal): Promise<string> {
  const parts: string[] = [];
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let bytes = 0;
  for (;;) {
    signal.throwIfAborted();
    const filled = await fill(handle, block);
    bytes += filled;
    // The file may grow while it is read.
    checkSize(bytes);
    parts.push(block.toString('base64', 0, filled));
    if (filled < BLOCK_BYTES) return parts.join('');
  }
}

async function fill(handle: FileHandle, block: Buffer): Promise<number> {
  let filled = 0;
  while (filled < block.length) {
    const { bytesRead } = await handle.read(block, filled, block.length - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

function checkSize(bytes: number): void {
  const encoded = Math.ceil(bytes / 3) * 4;
  const bytesMax = limit('predictionOutputBytesMax');
  if (encoded <= bytesMax) return;
  throw new PawlError(
    'PAWL_OUTPUT_FILE_FAILED',
    `as a data URL it would be larger than the ${bytesMax} bytes that the outputs of a prediction may hold`,
  );
}
