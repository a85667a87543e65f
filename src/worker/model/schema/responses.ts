// What an operation of the document may answer. The status of an error comes from its entry in src/errors.ts.
import type { JsonObject } from '../../../base/json.ts';
import { ERRORS, type ErrorCode } from '../../../errors.ts';
import { reference } from './envelope.ts';

export function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } };
}

export function success(schema: JsonObject): JsonObject {
  return { description: 'Successful Response', content: json(schema) };
}

/** These under their statuses, and under `default` what can befall any request: a broken one, or a defect. */
export function refusals(codes: readonly ErrorCode[]): JsonObject {
  const byStatus = new Map<string, ErrorCode[]>();
  for (const code of codes) {
    const status = String(ERRORS[code].status ?? 500);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus].map(([status, own]) => [status, refusal(status, own)]);
  const rest = { description: 'Any other error', content: json(reference('ErrorResponse')) };
  return { ...Object.fromEntries(entries), default: rest };
}

function refusal(status: string, codes: readonly ErrorCode[]): JsonObject {
  // As Cog's document has it.
  if (status === '422')
    return { description: 'Validation Error', content: json(reference('HTTPValidationError')) };
  return { description: codes.join(', '), content: json(reference('ErrorResponse')) };
}
