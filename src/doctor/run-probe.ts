// Runs the probe in a process of its own, with a deadline, and collects what it said.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../base/clock.ts';
import { packagePath } from '../base/package-place.ts';
import { limit } from '../limits.ts';
import { type ProbeReport, parseProbe } from './probe-report.ts';

const PROBE = packagePath('dist', 'doctor', 'probe.js');
const WORDS_CHARS_MAX = 500;

export async function runProbe(clock: Clock, program: string = PROBE): Promise<ProbeReport> {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let words = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-WORDS_CHARS_MAX);
  });
  const deadlineMs = limit('doctorProbeMs');
  let isLate = false;
  const timer = clock.after(deadlineMs, () => {
    isLate = true;
    child.kill('SIGKILL');
  });
  try {
    const [code, signal] = await once(child, 'close');
    if (isLate) return { lines: parseProbe(said), trouble: `it had not ended after ${deadlineMs / 1000} s` };
    if (code === 0) return { lines: parseProbe(said), trouble: null };
    const end = signal === null ? `exit code ${code}` : `${signal}`;
    const quote = words.trim().replace(/\s+/g, ' ');
    return { lines: parseProbe(said), trouble: `it ended with ${end}${quote === '' ? '' : `: ${quote}`}` };
  } catch (error) {
    return {
      lines: [],
      trouble: `it could not be started: ${error instanceof Error ? error.message : error}`,
    };
  } finally {
    timer.cancel();
  }
}
