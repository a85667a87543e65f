// Which Pawl this is, and whose API it speaks.
import { readFileSync } from 'node:fs';
import { isObject } from './base/json.ts';

/** The version of coglet whose HTTP API Pawl speaks. */
export const COGLET_VERSION = '0.23.1';

/** Both src/ and dist/ lie next to package.json. */
export const PAWL_VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  return isObject(parsed) && typeof parsed.version === 'string' ? parsed.version : '0.0.0';
}
