// A stored file as clients see it, in the words of Replicate's API.
import type { KeptFile } from '../files/stored-file.ts';
import { timestamp } from '../prediction/prediction-object.ts';

export function fileUrl(base: string, { id }: { readonly id: string }): string {
  return `${base}/files/${id}`;
}

/** `base` is where the server is for the client that asks. */
export function fileObject(file: KeptFile, base: string): object {
  const { id, name, mediaType, size, sha256, metadata, createdAt, expiresAt } = file;
  const url = fileUrl(base, file);
  return {
    id,
    name,
    content_type: mediaType,
    size,
    etag: sha256,
    checksums: { sha256 },
    metadata,
    created_at: timestamp(createdAt),
    expires_at: timestamp(expiresAt),
    urls: { get: url, content: `${url}/content` },
  };
}
