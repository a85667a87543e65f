// Owns a small HTTP server on 127.0.0.1 that tests point inputs at. Knows nothing of Pawl.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FileServer {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServedFile {
  readonly type: string;
  readonly body: Buffer | string;
}

/** Serves each path of the table; everything else is 404. */
export async function serveFiles(files: Readonly<Record<string, ServedFile>>): Promise<FileServer> {
  return serveRequests((request, response) => {
    const file = files[request.url ?? ''];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': file.type }).end(file.body);
  });
}

export async function serveRequests(listener: RequestListener): Promise<FileServer> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
