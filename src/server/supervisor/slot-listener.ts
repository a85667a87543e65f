// Takes a worker's slot connections: a path socket in a private directory, open only until every slot is attached.
// A connection that does not show the token, or names no free slot, is dropped.
import { timingSafeEqual } from 'node:crypto';
import net from 'node:net';
import { deferred } from '../../base/deferred.ts';
import type { Logger } from '../../base/log.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { readCarried } from '../../protocol/carried.ts';
import { Connection } from '../../protocol/connection.ts';
import { decodeSlotEvent } from '../../protocol/decode.ts';
import type { Slot } from '../slot/slot.ts';

import { removeDirectoryNow } from '../work-directory.ts';
import { type SocketPlace, socketPlace } from './socket-place.ts';

export interface SlotListenerOptions {
  readonly token: string;
  readonly logger: Logger;
  /** Every slot given to expect() has its socket; the listener is closed by then. */
  onAttached(): void;
}

/** A connection that showed the token, or has not spoken yet. */
interface Caller {
  readonly connection: Connection;
  slot: Slot | null;
  index: number | null;
}

export class SlotListener {
  readonly path: string;
  readonly #options: SlotListenerOptions;
  readonly #server: net.Server;
  /** Directory that exists only for the socket; null when it lies in the worker's own. */
  readonly #ownDirectory: string | null;
  readonly #callers = new Set<Caller>();
  #slots: readonly Slot[] | null = null;
  #isClosed = false;

  private constructor(place: SocketPlace, options: SlotListenerOptions) {
    this.path = place.path;
    this.#ownDirectory = place.ownDirectory;
    this.#options = options;
    this.#server = net.createServer((socket) => this.#accept(socket));
    // A worker that opens all its slots at once must not meet a full queue; strangers may not exhaust descriptors.
    this.#server.maxConnections = limit('slotsPerWorkerMax') + 8;
  }

  /** Listens in `directory`, which must exist and belong to this user alone. */
  static async open(directory: string, options: SlotListenerOptions): Promise<SlotListener> {
    const listener = new SlotListener(socketPlace(directory), options);
    const listening = deferred();
    listener.#server.once('error', (error) => listening.reject(error));
    listener.#server.listen({ path: listener.path, backlog: limit('slotsPerWorkerMax') }, listening.resolve);
    try {
      await listening.promise;
    } catch (error) {
      listener.close();
      throw error;
    }
    // accept() can fail later, for instance without descriptors; the deadline for attaching then speaks.
    listener.#server.on('error', (error) =>
      options.logger.warn({ error: error.message }, 'a slot socket could not be accepted'),
    );
    return listener;
  }

  /** The worker announced this many slots; those that already called are attached now. */
  expect(slots: readonly Slot[]): void {
    this.#slots = slots;
    for (const caller of [...this.#callers]) {
      if (caller.index !== null) this.#attach(caller);
    }
  }

  /** Slots without a socket. */
  get missing(): number {
    return this.#slots?.filter((slot) => slot.status === 'connecting').length ?? 0;
  }

  /** Stops listening and drops whoever is not attached. The socket's path is gone afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#server.close();
    for (const caller of [...this.#callers]) caller.connection.destroy();
    if (this.#ownDirectory !== null) removeDirectoryNow(this.#ownDirectory);
  }

  #accept(socket: net.Socket): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, {
      onLine: (line) => (caller.slot === null ? this.#hear(caller, line) : this.#deliver(caller.slot, line)),
      onClose: (reason) =>
        caller.slot === null ? this.#dropped(caller, reason) : caller.slot.onClose(reason),
    });
    const caller: Caller = { connection, slot: null, index: null };
    this.#callers.add(caller);
  }

  /** A line on the socket of `slot`, which may be for another slot of the worker. */
  #deliver(slot: Slot, line: string): void {
    const carried = readCarried(line);
    if (carried === null) return slot.onLine(line);
    const other = this.#slots?.[carried.slot];
    if (other === undefined) throw new PawlError('PAWL_PROTOCOL', `a line is for slot ${carried.slot}`);
    other.onLine(carried.line);
  }

  /** A throw drops the connection. */
  #hear(caller: Caller, line: string): void {
    const event = decodeSlotEvent(line);
    if (event.type !== 'attach' || caller.index !== null) {
      throw new PawlError('PAWL_PROTOCOL', 'the first line was not attach');
    }
    if (!isSame(event.token, this.#options.token)) throw new PawlError('PAWL_PROTOCOL', 'the token is wrong');
    for (const other of this.#callers) {
      if (other.index === event.slot) throw isTaken(event.slot);
    }
    caller.index = event.slot;
    if (this.#slots !== null) this.#attach(caller);
  }

  #attach(caller: Caller): void {
    const slot = this.#slots?.[caller.index ?? -1];
    if (slot === undefined || slot.status !== 'connecting') {
      caller.connection.destroy(isTaken(caller.index ?? -1));
      return;
    }
    this.#callers.delete(caller);
    caller.slot = slot;
    slot.attach(caller.connection);
    if (this.missing > 0) return;
    this.close();
    this.#options.onAttached();
  }

  #dropped(caller: Caller, reason: Error | null): void {
    this.#callers.delete(caller);
    if (this.#isClosed) return;
    const why = reason?.message ?? 'it closed without a word';
    this.#options.logger.warn({ reason: why }, 'dropped a connection to the slot socket');
  }
}

function isTaken(slot: number): PawlError {
  return new PawlError('PAWL_PROTOCOL', `slot ${slot} does not exist or has its socket already`);
}

function isSame(theirs: string, ours: string): boolean {
  const a = Buffer.from(theirs);
  const b = Buffer.from(ours);
  return a.length === b.length && timingSafeEqual(a, b);
}
