// Owns one nginx in front of a server, with its default proxy settings: unprivileged, in the foreground, all its files
// in a folder of its own. Ended by its pid, also when the test process ends first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.ts';

export interface Nginx {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

// `nobody`, where the tests run as root.
const UNPRIVILEGED = 65_534;
const TRIES = 5;

export async function startNginx(upstreamUrl: string): Promise<Nginx> {
  for (let tries = 1; ; tries++) {
    try {
      return await startOn(await freePort(), upstreamUrl);
    } catch (error) {
      // Somebody else may have taken the port meanwhile.
      if (tries === TRIES) throw error;
    }
  }
}

async function startOn(port: number, upstreamUrl: string): Promise<Nginx> {
  const dir = mkdtempSync(path.join(tmpdir(), 'pawl-nginx-'));
  const file = path.join(dir, 'nginx.conf');
  writeFileSync(file, configuration(dir, port, upstreamUrl));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(dir, UNPRIVILEGED, UNPRIVILEGED);
  const user = isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
  const child = spawn('nginx', ['-e', 'stderr', '-c', file], {
    ...user,
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const exited = once(child, 'close').catch((error: unknown) => {
    log += String(error);
  });
  const killWithTest = () => child.kill('SIGKILL');
  process.once('exit', killWithTest);
  void exited.then(() => process.removeListener('exit', killWithTest));
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(dir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    const gone = exited.then(() => {
      throw new Error(`nginx ended: ${log}`);
    });
    const answers = eventually('nginx answers', () =>
      fetch(`${url}/livez`).then(
        (response) => response.ok || null,
        () => null,
      ),
    );
    await Promise.race([answers, gone]);
    gone.catch(() => {}); // from here on its end is the test's
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/** Nothing but where its files are: what a location says is `proxy_pass`, and the defaults. */
function configuration(dir: string, port: number, upstreamUrl: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${dir}/pid;
events {}
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${dir}/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${upstreamUrl}; }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
