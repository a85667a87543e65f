// The tools of `npm run sanitize`: how the addon is built for each, how a fixture is started under it, and which of its
// reports speak of the addon.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const MAJOR = process.versions.node.split('.')[0];
/** The addon, or the control, which is built the same way. Valgrind names sources, the others binaries. */
const ADDON = /pawl\.node|\/native\/src\/|\/native\/faulty\.c/;
/** Frames that name no code of the process itself. */
const TOOL_FRAME = /libtsan\.so|vgpreload/;
/** What a report says besides what happened: where memory, threads and locks come from. */
const ORIGIN = /^\s*(?:Location|Thread|Mutex)/;

const always = () => true;

/**
 * Whether one of the `depth` innermost frames of what happened is the addon's. Further out it is in every stack of code
 * that a guarded call runs.
 */
function isInAddon(depth) {
  return (report) =>
    report
      .split(/\n\s*\n/)
      .filter((part) => !ORIGIN.test(part))
      .some((part) => innermost(part, depth).some((frame) => ADDON.test(frame)));
}

function innermost(part, depth) {
  const frames = part.split('\n').filter((line) => /^==\d+==\s+(?:at|by) 0x|^\s+#\d+ /.test(line));
  return frames.filter((frame) => !TOOL_FRAME.test(frame)).slice(0, depth);
}

export const TOOLS = {
  address: {
    programs: ['c++'],
    sanitize: 'address',
    slowness: 3,
    // Leaks are valgrind's: here everything that V8 keeps would be one.
    wrapper: (reports) => preloaded('libasan.so', `ASAN_OPTIONS=detect_leaks=0:${logTo(reports)}`),
    isOurs: always,
  },
  undefined: {
    programs: ['c++'],
    sanitize: 'undefined',
    slowness: 3,
    wrapper: (reports) => ['env', `UBSAN_OPTIONS=print_stacktrace=1:${logTo(reports)}`],
    isOurs: always,
  },
  thread: {
    programs: ['c++'],
    sanitize: 'thread',
    slowness: 6,
    // Node itself is not instrumented, so that the tool misses its atomics and reports what is no race; those reports
    // must not change its exit code either.
    wrapper: (reports) => preloaded('libtsan.so', `TSAN_OPTIONS=exitcode=0:${logTo(reports)}`),
    isOurs: isInAddon(1),
    opensFiles: true,
  },
  valgrind: {
    programs: ['c++', 'valgrind'],
    sanitize: '',
    slowness: 40,
    wrapper: (reports) => [
      'valgrind',
      // V8 writes code at run time.
      '--smc-check=all-non-file',
      // It runs one thread at a time; without this one that waits in a loop may keep the others from running.
      '--fair-sched=yes',
      '--leak-check=full',
      '--show-leak-kinds=definite,indirect',
      '--num-callers=40',
      '--fullpath-after=',
      '--child-silent-after-fork=yes',
      '--quiet',
      `--log-file=${path.join(reports, 'report.%p')}`,
    ],
    // Leaks of Node-API's own objects lie a few frames further in.
    isOurs: isInAddon(5),
    opensFiles: true,
    files: ['redirect', 'fd-io', 'process-bonds', 'interrupt.test', 'interrupt-unavailable'],
    nodes: MAJOR,
  },
};

function logTo(reports) {
  return `log_path=${path.join(reports, 'report')}`;
}

function preloaded(library, options) {
  const file = execFileSync('c++', [`-print-file-name=${library}`], { encoding: 'utf8' }).trim();
  // The compiler gives a name back that it does not find.
  if (!existsSync(file)) throw new Error(`the compiler has no ${library}; install its sanitizer libraries`);
  return ['env', `LD_PRELOAD=${file}`, options];
}
