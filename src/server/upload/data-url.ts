// Shows a file as a data URL: a small one is read, in blocks, so that the event loop stays free and the size is bounded
// while reading; a large one stays on disk.
import type { FileHandle } from 'node:fs/promises';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { OutputFile } from '../../protocol/slot-messages.ts';
import { base64Bytes } from '../payload/stored-value.ts';
import { mediaType, type OpenOutput, openOutput, outputFileFailed } from './open-output.ts';
import { type FileShown, storeDataUrl } from './store-output.ts';

// A multiple of three, so that every block but the last encodes without padding.
const BLOCK_BYTES = 3 * 128 * 1024;

/** plain: as Cog's. named: with the file's name as a parameter, for who knows that it may be there. */
export type DataUrlForm = 'plain' | 'named';

/** Rejects with PAWL_OUTPUT_FILE_FAILED, naming the file. */
export async function dataUrl(file: OutputFile, form: DataUrlForm, signal: AbortSignal): Promise<FileShown> {
  try {
    const name = form === 'plain' ? '' : `;name=${encodeURIComponent(file.name.toWellFormed())}`;
    const head = `data:${mediaType(file)}${name};base64,`;
    const output = await openOutput(file);
    if (base64Bytes(output.size) > limit('inlineBytesMax')) return await stored(head, file, output, signal);
    await using small = output;
    return `${head}${await readBase64(small.handle, signal)}`;
  } catch (cause) {
    throw outputFileFailed(file, 'could not be delivered', cause);
  }
}

async function stored(
  head: string,
  file: OutputFile,
  output: OpenOutput,
  signal: AbortSignal,
): Promise<FileShown> {
  try {
    signal.throwIfAborted();
    checkSize(output.size);
  } catch (error) {
    await output.handle.close();
    throw error;
  }
  return storeDataUrl(head, file, output);
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
  const bytesMax = limit('predictionOutputBytesMax');
  if (base64Bytes(bytes) <= bytesMax) return;
  throw new PawlError(
    'PAWL_OUTPUT_FILE_FAILED',
    `as a data URL it would be larger than the ${bytesMax} bytes that the outputs of a prediction may hold; pawl serve --upload-url stores files of any size`,
  );
}
