// What a client of the HTTP API does, in as few words as a test needs. Never judges the answer.

/** A prediction as the server sends it; fields that a test does not name are left out. */
export interface PredictionBody {
  readonly id: string;
  readonly status: string;
  readonly output?: unknown;
  readonly logs?: string;
  readonly error?: string | null;
  readonly metrics?: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly body: PredictionBody;
}

export async function predict(
  serverUrl: string,
  input: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${serverUrl}/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ input }),
  });
  return { status: response.status, body: (await response.json()) as PredictionBody };
}

export async function getPrediction(serverUrl: string, id: string): Promise<Answer> {
  const response = await fetch(`${serverUrl}/predictions/${id}`);
  return { status: response.status, body: (await response.json()) as PredictionBody };
}

export function dataUrl(type: string, body: Buffer): string {
  return `data:${type};base64,${body.toString('base64')}`;
}

/** The bytes of a file output. */
export function bytesOf(url: unknown): Buffer {
  const match = /^data:([^;,]*)[^,]*;base64,(.*)$/s.exec(String(url));
  if (match?.[2] === undefined) throw new Error(`not a base64 data URL: ${String(url).slice(0, 80)}`);
  return Buffer.from(match[2], 'base64');
}
