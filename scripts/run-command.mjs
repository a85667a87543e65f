// Runs one program in the foreground and never leaves it behind: signals are passed on, and a deadline ends it together
// with what it has started, which has a process group of its own for that.
import { spawn } from 'node:child_process';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Resolves with the exit code; 1 where a signal or the deadline ended it, 127 where it could not be started. */
export function runCommand(command, args, { deadlineMs, ...options }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', detached: true, ...options });
    let interrupted = false;
    const forward = (signal) => {
      interrupted = true;
      child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const timer = setTimeout(() => {
      console.error(`killed after ${deadlineMs / 60_000} minutes: ${[command, ...args].join(' ')}`);
      process.kill(-child.pid, 'SIGKILL');
    }, deadlineMs);
    const finish = (code) => {
      clearTimeout(timer);
      for (const signal of FORWARDED) process.off(signal, forward);
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(error.message);
      finish(127);
    });
    child.on('exit', (code) => {
      // What would have come after this program is not wanted either.
      if (interrupted) process.exit(1);
      finish(code ?? 1);
    });
  });
}
