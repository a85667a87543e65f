// Which Pawl this is, and whose API it speaks.
import { readFileSync } from 'node:fs';
import { isObject } from './base/json.ts';
import { packagePath } from './base/package-place.ts';

/** The version of coglet whose HTTP API Pawl speaks. */
export const COGLET_VERSION = '0.23.1';

export const PAWL_VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(packagePath('package.json'), 'utf8');
  const parsed: unknown = JSON.parse(text);
  return isObject(parsed) && typeof parsed.version === 'string' ? parsed.version : '0.0.0';
}
