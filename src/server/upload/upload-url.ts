// Where a file goes below --upload-url, and which URL it has once it is there.
import { randomBytes } from 'node:crypto';
import { safeFileName, withExtension } from '../../base/file-name.ts';
import type { PredictionId } from '../../protocol/ids.ts';

const UNIQUE_BYTES = 12;

export interface NamedOutput {
  readonly name: string;
  readonly mediaType: string;
}

/** `BASE/ID/UNIQUE/NAME.EXT`. A query of the base, such as an access signature, is kept. */
export function uploadUrl(
  base: URL,
  id: PredictionId,
  { name, mediaType }: NamedOutput,
  unique: string = randomBytes(UNIQUE_BYTES).toString('hex'),
): URL {
  const fileName = withExtension(safeFileName(name.split(/[/\\]/).at(-1) ?? '', 'output'), mediaType);
  const url = new URL(base);
  const folder = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  url.pathname = folder + [id, unique, fileName].map(encodeURIComponent).join('/');
  return url;
}

/** What clients get: where the server says that it is, else where it was put; without query and credentials. */
export function uploadedUrl(target: URL, location: string | undefined): string {
  // As Cog does, a location that is no URL is handed on as it is.
  if (location !== undefined && !URL.canParse(location, target.href)) return location;
  const url = location === undefined ? new URL(target) : new URL(location, target);
  url.search = '';
  url.username = '';
  url.password = '';
  return url.href;
}
