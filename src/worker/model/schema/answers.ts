// The answers beside predictions, as components: health, probes, files and errors. Field for field what the server
// writes, which test/integration/openapi-answers.test.ts holds against each other.
import type { JsonObject } from '../../../base/json.ts';

const text = (title: string): JsonObject => ({ title, type: 'string' });
const link = (title: string): JsonObject => ({ title, type: 'string', format: 'uri' });
const date = (title: string): JsonObject => ({ title, type: 'string', format: 'date-time' });
const count = (title: string): JsonObject => ({ title, type: 'integer', minimum: 0 });

function object(properties: { readonly [name: string]: JsonObject }, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required };
}

export const OWN_ANSWERS = {
  ErrorResponse: {
    title: 'ErrorResponse',
    ...object(
      {
        error: text('Error'),
        code: { title: 'Code', type: 'string', pattern: '^PAWL_[A-Z_]+$' },
        status: { title: 'Status', type: 'string', enum: ['failed'] },
      },
      ['status'],
    ),
  },
  HealthCheckResponse: {
    title: 'HealthCheckResponse',
    ...object(
      {
        status: {
          title: 'Status',
          type: 'string',
          enum: ['STARTING', 'READY', 'BUSY', 'SETUP_FAILED', 'DEFUNCT', 'UNHEALTHY'],
        },
        setup: {
          title: 'Setup',
          ...object(
            {
              started_at: date('Started At'),
              completed_at: date('Completed At'),
              status: { title: 'Status', type: 'string', enum: ['starting', 'succeeded', 'failed'] },
              logs: text('Logs'),
            },
            ['completed_at'],
          ),
        },
        cancels: {
          title: 'Cancels',
          ...object({
            signal: count('Signal'),
            interrupt: count('Interrupt'),
            terminate: count('Terminate'),
            kill: count('Kill'),
            worker: count('Worker'),
          }),
        },
        version: {
          title: 'Version',
          ...object({ pawl: text('Pawl'), node: text('Node'), coglet: text('Coglet') }),
        },
        user_healthcheck_error: text('User Healthcheck Error'),
      },
      ['user_healthcheck_error'],
    ),
  },
  ProbeResponse: {
    title: 'ProbeResponse',
    ...object({ status: { title: 'Status', type: 'string', enum: ['ok'] } }),
  },
  FileResponse: {
    title: 'FileResponse',
    ...object({
      id: text('Id'),
      name: text('Name'),
      content_type: text('Content Type'),
      size: count('Size'),
      etag: text('Etag'),
      checksums: { title: 'Checksums', ...object({ sha256: text('Sha256') }) },
      metadata: { title: 'Metadata', type: 'object', additionalProperties: true },
      created_at: date('Created At'),
      expires_at: date('Expires At'),
      urls: { title: 'Urls', ...object({ get: link('Get'), content: link('Content') }) },
    }),
  },
} satisfies { readonly [name: string]: JsonObject };
