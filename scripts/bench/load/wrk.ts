// Closed-loop load by wrk: N connections, each sends its next request when it has its answer.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunningContender } from '../contender.ts';

export interface ClosedLoop {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 2xx, and connections that broke. */
  readonly errors: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

const LUA = (target: string, body: string) => `
wrk.method = "POST"
wrk.path = ${quoted(target)}
wrk.body = ${quoted(body)}
wrk.headers["content-type"] = "application/json"
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"micros":%d,"errors":%d,"p50":%d,"p99":%d}\\n', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
`;

export async function closedLoop(
  server: RunningContender,
  input: { readonly [key: string]: unknown },
  connections: number,
  seconds: number,
): Promise<ClosedLoop> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pawl-wrk-'));
  try {
    const script = path.join(folder, 'post.lua');
    writeFileSync(script, LUA(server.path, server.body(input)));
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, server.url];
    const { stdout } = await promisify(execFile)('wrk', args, { timeout: (seconds + 30) * 1_000 });
    const text = /^RESULT (.*)$/m.exec(stdout)?.[1];
    if (text === undefined) throw new Error(`wrk said nothing of ${server.url}: ${stdout}`);
    const result = JSON.parse(text) as Record<'requests' | 'micros' | 'errors' | 'p50' | 'p99', number>;
    return {
      requests: result.requests,
      seconds: result.micros / 1e6,
      errors: result.errors,
      p50Micros: result.p50,
      p99Micros: result.p99,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"\n\r]/g, (c) => `\\${c.charCodeAt(0).toString().padStart(3, '0')}`)}"`;
}
