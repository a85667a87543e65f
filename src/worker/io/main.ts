// Entry of the I/O thread: opens the control channel, says hello, and connects IoThread to both sides.
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { systemClock } from '../../base/clock.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { loadNative } from '../../native/binding.ts';
import { Connection } from '../../protocol/connection.ts';
import type { Fatal, Hello } from '../../protocol/control-messages.ts';
import { decodeControlRequest } from '../../protocol/decode.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { checkVersion, PROTOCOL_VERSION } from '../../protocol/version.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { SharedState } from '../shared-state.ts';
import { SlotBoard } from '../slot-board.ts';
import type { IoStart, ToIo, ToModel } from '../thread-messages.ts';
import { wireError } from '../wire-error.ts';
import { ControlStream } from './control-stream.ts';
import { IoThread } from './io-thread.ts';
import { endGroup, endWithoutServer } from './parent-gone.ts';

assert(parentPort !== null, 'the I/O thread is started by worker/bootstrap.ts');
const port = parentPort;
const start = workerData as IoStart;
const native = loadNative();
const { places } = start;

const control = new Connection(new ControlStream(start.controlIn, start.controlOut, systemClock), {
  onLine: (line) => {
    const request = decodeControlRequest(line);
    if (request.type === 'init') checkVersion(request.protocol, 'server');
    io.fromServer(request);
  },
  onClose: (reason) => {
    if (reason === null) endWithoutServer(places, native);
    else abandon(reason);
  },
});

/** A slot socket broke. When the server died all channels end, in any order: the control channel's end tells. */
function slotLost(reason: Error | null): void {
  systemClock.after(limit('serverGoneMs'), () => abandon(reason));
}

/** A channel broke while the server is still there: say why, past every queue, and end everything. */
function abandon(reason: Error | null): void {
  const error = reason ?? new PawlError('PAWL_PROTOCOL', 'a channel to the server was lost');
  const fatal: Fatal = { type: 'fatal', error: wireError(error, 'PAWL_PROTOCOL') };
  try {
    native.writeAll(start.controlOut, Buffer.from(encodeFrame(fatal)));
  } catch {
    // The control channel is gone as well: then the server is.
    endWithoutServer(places, native);
  }
  endGroup(native, EXIT_CODES.transport);
}

const io = new IoThread(
  {
    native,
    clock: systemClock,
    shared: new SharedState(start.shared),
    board: new SlotBoard(start.board),
    control,
    slotSocketPath: places.slotSocketPath,
    toModel: (message: ToModel) => port.postMessage(message),
    defer: setImmediate,
    slotLost,
  },
  start.capture,
);

port.on('message', (message: ToIo) => io.fromModel(message));
process.on('uncaughtException', (error) => abandon(error));

const hello: Hello = {
  type: 'hello',
  protocol: PROTOCOL_VERSION,
  pid: process.pid,
  node: process.versions.node,
  uninterruptible: start.uninterruptible,
  pipes: start.capture,
};
control.send(hello);
