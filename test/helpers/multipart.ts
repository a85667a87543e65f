// A multipart/form-data body as bytes, so that a test decides what stands in it, right or wrong.

export interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly body: string | Buffer;
}

export const BOUNDARY = 'boundary-of-a-test';
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export function multipart(...parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, filename, type, body }) => [
    `--${BOUNDARY}\r\ncontent-disposition: form-data`,
    name === undefined ? '' : `; name="${name}"`,
    filename === undefined ? '' : `; filename="${filename}"`,
    type === undefined ? '' : `\r\ncontent-type: ${type}`,
    '\r\n\r\n',
    body,
    '\r\n',
  ]);
  const bytes = [...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece));
  return Buffer.concat(bytes);
}
