// process.stdout and process.stderr as user code sees them: real streams whose write() goes through OutputRouter.
// User code may replace a stream, its write(), or the console; the text then reaches both the replacement and the log.
import type { Writable } from 'node:stream';
import type { OutputStream } from '../../protocol/control-messages.ts';
import { separateConsoleGroups } from './console-groups.ts';
import type { OutputRouter } from './output-router.ts';
import { QuickConsole, type QuickStream } from './quick-console.ts';
import { WriteCallbacks } from './write-callbacks.ts';

type Write = Writable['write'];
type Report = (message: string) => void;

/** Call before user code is imported and after the descriptors were redirected. */
export function installStandardStreams(router: OutputRouter, report: Report): QuickConsole {
  const stdout = installStream('stdout', router, report);
  const stderr = installStream('stderr', router, report);
  const indentKey = separateConsoleGroups(globalThis.console);
  const quick = new QuickConsole({ stdout, stderr }, indentKey);
  quick.install(globalThis.console);
  installConsole(router);
  return quick;
}

function installStream(name: OutputStream, router: OutputRouter, report: Report): QuickStream {
  const stream: Writable = process[name];
  const nodeWrite = stream.write;
  const callbacks = new WriteCallbacks();
  /** What user code assigned to process.stdout or process.stderr; gets a copy of everything. */
  let copyTo: Writable | null = null;

  const routed = function (this: unknown, chunk: unknown, encoding?: unknown, done?: unknown): boolean {
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
      // Throws Node's own error for a wrong type.
      return Reflect.apply(nodeWrite, stream, [chunk, encoding, done]);
    }
    const charset = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
    const data = typeof chunk === 'string' && charset !== 'utf8' ? Buffer.from(chunk, charset) : chunk;
    router.write(name, data);
    if (copyTo !== null) {
      attempt(`the stream assigned to process.${name}`, report, () =>
        copyTo?.write(typeof data === 'string' ? Buffer.from(data) : data),
      );
    }
    callbacks.later(callback);
    return true;
  } as Write;

  Object.defineProperty(stream, 'write', replaceableWrite(name, stream, routed, router, report));
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => stream,
    set: (replacement: unknown) => {
      copyTo = isWritable(replacement) && replacement !== stream ? replacement : null;
    },
  });
  return {
    isOurs: () => copyTo === null && stream.write === routed,
    write: (text) => router.write(name, text),
  };
}

/** `stream.write = f` keeps the log: f is called, and unless f itself led to a routed write, the router is too. */
function replaceableWrite(
  name: OutputStream,
  stream: Writable,
  routed: Write,
  router: OutputRouter,
  report: Report,
): PropertyDescriptor {
  const ours = new WeakSet<Write>([routed]);
  let current = routed;
  return {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (replacement: Write) => {
      if (typeof replacement !== 'function' || ours.has(replacement)) {
        current = typeof replacement === 'function' ? replacement : routed;
        return;
      }
      current = function (this: unknown, ...args: unknown[]): boolean {
        const before = router.writes;
        attempt(`the function assigned to process.${name}.write`, report, () => {
          Reflect.apply(replacement, stream, args);
        });
        if (router.writes === before) return Reflect.apply(routed, stream, args);
        return true;
      } as Write;
      ours.add(current);
    },
  };
}

const CONSOLE_METHODS = new Set<PropertyKey>(
  'assert count debug dir dirxml error group groupCollapsed info log table timeEnd timeLog trace warn'.split(
    ' ',
  ),
);

/** `globalThis.console = new Console(…)`: what it prints elsewhere is printed by our console too. */
function installConsole(router: OutputRouter): void {
  const original = globalThis.console;
  let current = original;
  Object.defineProperty(globalThis, 'console', {
    configurable: true,
    enumerable: false,
    get: () => current,
    set: (replacement: unknown) => {
      const isObject = typeof replacement === 'object' && replacement !== null;
      current =
        isObject && replacement !== original ? teed(replacement as Console, original, router) : original;
    },
  });
}

function teed(replacement: Console, original: Console, router: OutputRouter): Console {
  return new Proxy(replacement, {
    get(target, key, receiver) {
      const method: unknown = Reflect.get(target, key, receiver);
      const twin: unknown = Reflect.get(original, key);
      if (!CONSOLE_METHODS.has(key) || typeof method !== 'function' || typeof twin !== 'function')
        return method;
      return (...args: unknown[]) => {
        const before = router.writes;
        Reflect.apply(method, target, args);
        if (router.writes === before) Reflect.apply(twin, original, args);
      };
    },
  });
}

function isWritable(value: unknown): value is Writable {
  return typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function';
}

const reported = new Set<string>();

/** A replacement that throws must break neither the log nor the prediction; it is reported once. */
function attempt(what: string, report: Report, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (reported.has(what)) return;
    reported.add(what);
    report(`${what} throws: ${error instanceof Error ? error.message : String(error)}`);
  }
}
