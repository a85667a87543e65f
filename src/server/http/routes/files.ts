// The files that clients upload to name them in inputs: POST /files, and GET and DELETE of one.
import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../../base/json.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { FileStore } from '../../files/file-store.ts';
import type { KeptFile } from '../../files/stored-file.ts';
import { RequestRefused } from '../../prediction/refusal.ts';
import { baseUrl } from '../base-url.ts';
import { checkEncoding, parseObject } from '../body.ts';
import { fileObject, fileUrl } from '../file-object.ts';
import { sendJson } from '../reply.ts';
import { pipeBody } from '../upload/body-pipe.ts';
import { isForm, readForm } from '../upload/form.ts';
import type { FormPart } from '../upload/form-part.ts';

const CONTENT_PART = 'content';
const METADATA_PART = 'metadata';

/** `baseOf`: the URL that `/files` stands below, for the client that asks. */
export function fileRoutes(
  app: FastifyInstance,
  store: FileStore,
  baseOf: (request: FastifyRequest) => string = baseUrl,
): void {
  app.register((scope, _options, done) => {
    // Left in the connection: a file never passes through memory as a whole.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(null, undefined));
    scope.post('/files', async (request, reply) => {
      checkEncoding(request.headers);
      const kept = isForm(request.headers)
        ? await keepFromForm(request.raw, store)
        : await keepRaw(request, store);
      const base = baseOf(request);
      return sendJson(reply.header('location', fileUrl(base, kept)), 201, fileObject(kept, base));
    });
    scope.get('/files/:id', (request, reply) =>
      sendJson(reply, 200, fileObject(find(request, store), baseOf(request))),
    );
    scope.get('/files/:id/content', (request, reply) => sendContent(request, reply, store));
    scope.delete('/files/:id', (request, reply) => {
      store.remove(find(request, store).id);
      return reply.code(204).send();
    });
    done();
  });
}

/** As Replicate's client sends it: the file as `content`, and beside it `metadata`, a JSON object. */
async function keepFromForm(request: IncomingMessage, store: FileStore): Promise<KeptFile> {
  const textBytesMax = limit('fileMetadataBytesMax');
  using form = await readForm(request, { store, textBytesMax, jsonPart: METADATA_PART });
  const content = form.parts.find((part) => part.name === CONTENT_PART && 'file' in part);
  if (content === undefined || !('file' in content)) throw contentMissing();
  return store.keep(content.file, metadataOf(form.parts));
}

function metadataOf(parts: readonly FormPart[]): JsonObject {
  const part = parts.find(({ name }) => name === METADATA_PART);
  return part !== undefined && 'text' in part ? parseObject(part.text) : {};
}

/** The body is the file; its name may stand in the query. */
async function keepRaw(request: FastifyRequest, store: FileStore): Promise<KeptFile> {
  const { query, headers } = request;
  const given: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, 'filename') : null;
  const name = typeof given === 'string' ? given : null;
  store.checkSize(name, Number(headers['content-length'] ?? 0));
  const content = new PassThrough();
  const body = pipeBody(request.raw, content);
  const mediaType = headers['content-type'] ?? null;
  try {
    const received = store.receive({ name, mediaType, content });
    body.broken.catch((error: Error) => content.destroy(error));
    const lease = await received;
    try {
      if (lease.file.size === 0) throw contentMissing();
      return store.keep(lease.file, {});
    } finally {
      lease.release();
    }
  } finally {
    body.stop();
  }
}

function contentMissing(): RequestRefused {
  const issue = { path: [CONTENT_PART], message: 'Field required', type: 'value_error.missing' } as const;
  return new RequestRefused('PAWL_REQUEST_INVALID', [issue]);
}

function sendContent(request: FastifyRequest, reply: FastifyReply, store: FileStore): FastifyReply {
  const { id, name, mediaType, size, sha256 } = find(request, store);
  const lease = store.claim(id);
  if (lease === null) throw unknown(request);
  const content = createReadStream(lease.file.path);
  content.once('close', () => lease.release());
  return reply
    .headers({
      'content-type': mediaType,
      'content-length': size,
      etag: `"${sha256}"`,
      // A page that somebody uploaded must not run as one of ours.
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'x-content-type-options': 'nosniff',
    })
    .send(content);
}

function find(request: FastifyRequest, store: FileStore): KeptFile {
  const file = store.find(idOf(request));
  if (file === null) throw unknown(request);
  return file;
}

function unknown(request: FastifyRequest): PawlError {
  const id = JSON.stringify(idOf(request).slice(0, 128));
  return new PawlError('PAWL_FILE_NOT_FOUND', `No file with the id ${id} is stored; it may have expired.`);
}

function idOf({ params }: FastifyRequest): string {
  const id: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, 'id') : null;
  return typeof id === 'string' ? id : '';
}
