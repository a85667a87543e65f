// The operations that are the same for every predictor: what the server says about itself, and its files.
import type { JsonObject } from '../../../base/json.ts';
import type { ErrorCode } from '../../../errors.ts';
import { reference } from './envelope.ts';
import { json, refusals, success } from './responses.ts';

const UNREADY = ['PAWL_NOT_READY', 'PAWL_SETUP_FAILED', 'PAWL_DEFUNCT', 'PAWL_SHUTTING_DOWN'] as const;
const BYTES: JsonObject = { type: 'string', format: 'binary' };
const FILE_ID: JsonObject = {
  name: 'file_id',
  in: 'path',
  required: true,
  schema: { title: 'File Id', type: 'string' },
};

/** `cogs`: those that Cog's document has. */
export function serverPaths(): { readonly cogs: JsonObject; readonly own: JsonObject } {
  return {
    cogs: {
      '/': { get: plain('Root', 'root__get', {}, ['PAWL_UNAUTHORIZED']) },
      '/health-check': {
        get: plain('Healthcheck', 'healthcheck_health_check_get', reference('HealthCheckResponse'), []),
      },
    },
    own: {
      '/livez': { get: probe('Liveness', 'livez_livez_get', ['PAWL_DEFUNCT']) },
      '/readyz': { get: probe('Readiness', 'readyz_readyz_get', [...UNREADY, 'PAWL_UNHEALTHY']) },
      '/startupz': { get: probe('Startup', 'startupz_startupz_get', UNREADY) },
      '/openapi.json': {
        get: plain('Document', 'openapi_openapi_json_get', { type: 'object', additionalProperties: true }, [
          'PAWL_UNAUTHORIZED',
          ...UNREADY,
        ]),
      },
      '/shutdown': {
        post: plain('Shutdown', 'shutdown_shutdown_post', { type: 'object' }, ['PAWL_UNAUTHORIZED']),
      },
      ...filePaths(),
    },
  };
}

function plain(
  summary: string,
  operationId: string,
  schema: JsonObject,
  codes: readonly ErrorCode[],
): JsonObject {
  return { summary, operationId, responses: { '200': success(schema), ...refusals(codes) } };
}

function probe(summary: string, operationId: string, codes: readonly ErrorCode[]): JsonObject {
  return plain(summary, operationId, reference('ProbeResponse'), codes);
}

function filePaths(): JsonObject {
  const one = { parameters: [FILE_ID] };
  const missing = refusals(['PAWL_UNAUTHORIZED', 'PAWL_FILE_NOT_FOUND']);
  const found = success(reference('FileResponse'));
  return {
    '/files': { post: upload() },
    '/files/{file_id}': {
      get: {
        summary: 'Get File',
        operationId: 'get_files__file_id__get',
        ...one,
        responses: { '200': found, ...missing },
      },
      delete: {
        summary: 'Delete File',
        operationId: 'delete_files__file_id__delete',
        ...one,
        responses: { '204': { description: 'Deleted' }, ...missing },
      },
    },
    '/files/{file_id}/content': {
      get: {
        summary: 'Get File Content',
        operationId: 'content_files__file_id__content_get',
        ...one,
        responses: {
          '200': { description: 'The file', content: { '*/*': { schema: BYTES } } },
          ...missing,
        },
      },
    },
  };
}

function upload(): JsonObject {
  const form: JsonObject = {
    type: 'object',
    properties: {
      content: BYTES,
      metadata: { title: 'Metadata', type: 'object', additionalProperties: true },
    },
    required: ['content'],
  };
  return {
    summary: 'Upload File',
    description: 'Keeps a file; `urls.get` of the answer is an input like any other URL',
    operationId: 'upload_files_post',
    parameters: [
      { name: 'filename', in: 'query', required: false, schema: { title: 'Filename', type: 'string' } },
    ],
    requestBody: {
      content: { 'multipart/form-data': { schema: form }, 'application/octet-stream': { schema: BYTES } },
      required: true,
    },
    responses: {
      '201': { description: 'Kept', content: json(reference('FileResponse')) },
      ...refusals([
        'PAWL_BAD_REQUEST',
        'PAWL_UNAUTHORIZED',
        'PAWL_BODY_TOO_LARGE',
        'PAWL_UNSUPPORTED_MEDIA_TYPE',
        'PAWL_REQUEST_INVALID',
        'PAWL_STORAGE_FULL',
      ]),
    },
  };
}
