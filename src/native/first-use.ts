// What is loaded at its first use and never again: an interrupt that comes while it loads would leave half of it there,
// for every later prediction. Node's own parts are loaded before; modules of user code are forgotten afterwards.
import { createRequire } from 'node:module';

/** Those a predictor is likely to use. Left out are the ones that warn, or change how the process behaves. */
const MODULES = [
  ...['assert', 'buffer', 'crypto', 'diagnostics_channel', 'dns', 'http', 'https', 'os', 'perf_hooks'],
  ...['readline', 'stream/consumers', 'stream/promises', 'stream/web', 'string_decoder', 'timers/promises'],
  ...['tls', 'url', 'util', 'v8', 'vm', 'zlib'],
];
/** One of each group that comes from one internal module. */
const GLOBALS = [
  ...['performance', 'crypto', 'FormData', 'CustomEvent', 'BroadcastChannel', 'Blob', 'ReadableStream'],
  ...[
    'TextDecoderStream',
    'CompressionStream',
    'structuredClone',
    'navigator',
    'WebSocket',
    'PerformanceEntry',
  ],
];

/** Call once, before any user code that can be interrupted. */
export function loadLazyParts(): void {
  const require = createRequire(import.meta.url);
  for (const name of MODULES) require(`node:${name}`);
  for (const name of GLOBALS) Reflect.get(globalThis, name);
}

/**
 * CommonJS modules that were being evaluated when their call was interrupted: the next require() evaluates them anew.
 * Call where nothing else is being required.
 */
export function forgetHalfLoaded(): void {
  const { cache } = createRequire(import.meta.url);
  for (const [file, module] of Object.entries(cache)) {
    if (module?.loaded === false) delete cache[file];
  }
}
