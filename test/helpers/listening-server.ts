// The whole server but its workers, on a port of its own, and the raw connections that a test opens to it.
import type { Socket } from 'node:net';
import { type FakeServer, type FakeServerOptions, fakeServer } from './fake-server.ts';
import { openSocket } from './raw-http.ts';

export interface ListeningServer {
  readonly server: FakeServer;
  readonly port: number;
  open(): Promise<Socket>;
  /** Destroys the socket, too, in the end. */
  keep(socket: Socket): void;
  /** Cancels what still runs. */
  close(): Promise<void>;
}

export async function listeningServer(options: FakeServerOptions): Promise<ListeningServer> {
  const server = fakeServer({
    capacity: 4,
    ...options,
    config: { shutdownGraceMs: 0, host: '127.0.0.1', port: 0, ...options.config },
  });
  const port = Number(new URL(await server.app.start()).port);
  const sockets: Socket[] = [];
  return {
    server,
    port,
    async open() {
      const socket = await openSocket(port);
      sockets.push(socket);
      return socket;
    },
    keep: (socket) => void sockets.push(socket),
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const run of server.fleet.slots.runs) if (!run.isOver) run.cancel();
      await server.app.close();
    },
  };
}
