// A file of 100 MiB as output: in the answer as a data URL, and put at an upload URL.
import { serveRequests } from '../../../test/helpers/file-server.ts';
import { type Round, type Scenario, sideBySide } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { call } from '../http-call.ts';
import { peakBytes } from '../process-usage.ts';
import { predictionServers, served } from '../subjects.ts';

const MIB = 2 ** 20;
const BYTES = 100 * MIB;
const BASE64_BYTES = Math.ceil(BYTES / 3) * 4;

export const FILES: Scenario = {
  name: 'files',
  title: 'A file of 100 MiB as output',
  about:
    'One prediction at a time. The upload goes to a server that counts bytes. The peak is the most memory the server process ever held (VmHWM).',
  async run(bench) {
    const receiver = await receiveUploads();
    const rounds = Math.min(bench.rounds, 3);
    try {
      for (const kind of ['data URL', 'uploaded'] as const) {
        const subjects = predictionServers(bench).map((contender) =>
          served({
            name: contender.name,
            contender,
            options: {
              work: 'file',
              slots: 1,
              args: kind === 'uploaded' ? ['--upload-url', receiver.url] : [],
            },
            measure: (server) => (kind === 'uploaded' ? uploaded(server, receiver) : asDataUrl(server)),
          }),
        );
        await sideBySide(bench, { scenario: 'files', situation: kind, subjects, rounds });
      }
    } finally {
      await receiver.close();
    }
  },
};

async function asDataUrl(server: RunningContender): Promise<Round> {
  const { bytes, ms } = await fileFrom(server);
  if (bytes < BASE64_BYTES)
    throw new Error(`the answer has ${bytes} bytes, and the file alone ${BASE64_BYTES}`);
  return { ms, serverPeakMiB: peakBytes(server.pid) / MIB };
}

async function uploaded(server: RunningContender, receiver: Receiver): Promise<Round> {
  const before = receiver.bytes();
  const { ms } = await fileFrom(server);
  const arrived = receiver.bytes() - before;
  if (arrived < BYTES) throw new Error(`${arrived} bytes were uploaded, and the file has ${BYTES}`);
  return { ms, serverPeakMiB: peakBytes(server.pid) / MIB };
}

async function fileFrom(server: RunningContender) {
  const answer = await call(server.url + server.path, { body: server.body({ bytes: BYTES }) });
  const isDone = answer.status === 200 && /"status": ?"succeeded"/.test(answer.text);
  if (!isDone) throw new Error(`${answer.status}: ${answer.text.slice(0, 200)} … ${answer.text.slice(-200)}`);
  return answer;
}

interface Receiver {
  readonly url: string;
  /** Received so far. */
  bytes(): number;
  close(): Promise<void>;
}

async function receiveUploads(): Promise<Receiver> {
  let bytes = 0;
  const server = await serveRequests((request, response) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on('end', () => response.writeHead(201).end());
  });
  return { url: `${server.url}/`, bytes: () => bytes, close: server.close };
}
