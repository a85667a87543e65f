// Opens an output file for reading: a regular file, whatever stands at its path.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import mime from 'mime';
import { PawlError } from '../../errors.ts';
import type { OutputFile } from '../../protocol/slot-messages.ts';

export interface OpenOutput extends AsyncDisposable {
  readonly handle: FileHandle;
  readonly size: number;
}

/** Throws what the system says, or PAWL_OUTPUT_FILE_FAILED where it is no regular file. */
export function openOutput({ path }: OutputFile): Promise<OpenOutput> {
  return openRegularFile(path);
}

export async function openRegularFile(path: string): Promise<OpenOutput> {
  // Without O_NONBLOCK, opening a named pipe that nobody writes would never return.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new PawlError('PAWL_OUTPUT_FILE_FAILED', 'it is not a regular file');
    return { handle, size: stats.size, [Symbol.asyncDispose]: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export function mediaType(file: OutputFile): string {
  return file.mediaType ?? mime.getType(file.name) ?? mime.getType(file.path) ?? 'application/octet-stream';
}

/** `reason` is the end of a sentence. */
export function outputFileFailed(file: OutputFile, what: string, cause: unknown, reason?: string): PawlError {
  const why = reason ?? (cause instanceof Error ? cause.message : String(cause));
  return new PawlError('PAWL_OUTPUT_FILE_FAILED', `the output file ${file.name} ${what}: ${why}`, { cause });
}
