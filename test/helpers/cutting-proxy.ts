// A TCP proxy on loopback that breaks connections when a test says so. Knows nothing of HTTP.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  /** Connections taken so far. */
  readonly taken: number;
  /** Breaks every connection that stands; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

export async function cuttingProxy(targetUrl: string): Promise<CuttingProxy> {
  const target = Number(new URL(targetUrl).port);
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer((client) => {
    taken += 1;
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get taken() {
      return taken;
    },
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
