// Bytes of an output from memory, streams and handles to one file on disk, as a stream that can be canceled.
import { type FileHandle, open, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebReadableStream } from 'node:stream/web';
import { abortable } from './abortable.ts';
import type { FileContent } from './file-value.ts';

type InMemoryOrStream = Exclude<FileContent, { from: 'path' }>;

/** Writes a new file. What was written is removed when that fails or `signal` is aborted. */
export async function writeContent(
  content: InMemoryOrStream,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (content.from === 'bytes') {
      await writeFile(target, content.bytes, { flag: 'wx', mode: 0o600, signal });
    } else {
      const file = await open(target, 'wx', 0o600);
      const written = pipeline(await readable(content), file.createWriteStream(), { signal });
      // A source that never ends its own destruction must not hold up a cancel.
      await abortable(written, signal);
    }
  } catch (error) {
    releaseContent(content);
    await rm(target, { force: true });
    throw error;
  }
}

async function readable(content: Exclude<InMemoryOrStream, { from: 'bytes' }>): Promise<Readable> {
  switch (content.from) {
    case 'node-stream':
      return content.stream;
    case 'blob':
      return Readable.fromWeb(content.blob.stream() as WebReadableStream);
    case 'web-stream':
      return Readable.fromWeb(content.stream as WebReadableStream);
    case 'handle':
      return fromHandle(content.handle);
  }
}

/** From the beginning where there is one: who wrote a file through its handle left the position at the end. */
async function fromHandle(handle: FileHandle): Promise<Readable> {
  const isFile = (await handle.stat()).isFile();
  return handle.createReadStream(isFile ? { start: 0 } : {});
}

/** Closes what nobody will read: the predictor gave it away when it returned it. */
export function releaseContent(content: FileContent): void {
  const ignore = () => {
    // It was being closed already, or its source failed while it closed: there is nobody left whom that concerns.
  };
  if (content.from === 'node-stream') content.stream.on('error', ignore).destroy();
  else if (content.from === 'web-stream') void content.stream.cancel().catch(ignore);
  else if (content.from === 'handle') void content.handle.close().catch(ignore);
}

/** Null where `file` can be read as a whole; else what is wrong with it. */
export async function whyUnreadable(file: string): Promise<string | null> {
  const entry = await stat(file);
  if (entry.isDirectory()) return 'is a directory';
  if (!entry.isFile()) return 'is not a regular file';
  await (await open(file, 'r')).close();
  return null;
}
