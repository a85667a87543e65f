// The rest of a message that the kernel took in part, on a real socket whose reader is another thread.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SlotSocket, slotSockets } from '../../src/worker/slot-socket.ts';

const READER = `
  const { parentPort, workerData } = require('node:worker_threads');
  require('node:net')
    .createServer({ pauseOnConnect: true }, (socket) => {
      let bytes = 0;
      parentPort.once('message', () => socket.resume());
      socket.on('data', (data) => { bytes += data.length; if (bytes === workerData.size) parentPort.postMessage(bytes); });
    })
    .listen(workerData.path, () => parentPort.postMessage('listening'));
`;
const SIZE = 4 * 1024 * 1024;

let folder: string;
let reader: Worker;
let socket: SlotSocket;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pawl-slot-socket-'));
  const place = path.join(folder, 's');
  reader = new Worker(READER, { eval: true, workerData: { path: place, size: SIZE } });
  await once(reader, 'message');
  socket = new SlotSocket();
  // How it ends does not matter here.
  socket.on('error', () => {});
  socket.connect(place);
  await once(socket, 'connect');
});

afterEach(async () => {
  await reader.terminate();
  rmSync(folder, { recursive: true });
});

it('is written as soon as the reader makes room', async () => {
  const bytes = Buffer.alloc(SIZE, 'x');
  const count = slotSockets.write(socket.fd, bytes);
  expect(count).toBeLessThan(SIZE);
  const read = once(reader, 'message');
  reader.postMessage('read');
  slotSockets.writeRest(socket.fd, bytes.subarray(count), 30_000);
  expect(await read).toEqual([SIZE]);
});

it('is given up where the reader makes none', () => {
  const write = () => slotSockets.writeRest(socket.fd, Buffer.alloc(SIZE), 50);
  expect(write).toThrow('the server has taken a part of a message and nothing more within 0.05 s');
});

it('is given up at once where the reader is gone', async () => {
  await reader.terminate();
  expect(() => slotSockets.writeRest(socket.fd, Buffer.alloc(SIZE), 30_000)).toThrow(/EPIPE|ECONNRESET/);
});
