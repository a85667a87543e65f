// `pawl serve`: one server in this process, from its first line on stdout to its last. Signals are its business here;
// everything else is src/server/.
import type { App } from '../server/app.ts';
import { createEngine, type Engine } from '../server/engine.ts';
import { collectAlone } from '../server/garbage.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { SIGNAL_CODES } from './interruption.ts';
import { findPredictor } from './predictor-reference.ts';
import type { CommandCall } from './program.ts';
import { readConfig, readSetting, type Sources } from './read-config.ts';

export async function runServe({ reference, flags }: CommandCall): Promise<ExitCode> {
  const sources: Sources = {
    command: 'serve',
    flags,
    environment: process.env,
    stderrIsTerminal: process.stderr.isTTY === true,
  };
  const { value: mode } = readSetting('mode', sources);
  const predictor = findPredictor(reference, mode, process.env);
  const { value: config, warnings } = readConfig(sources, predictor);
  collectAlone();
  const engine = createEngine(config);
  const { log } = engine;
  for (const warning of warnings) log.warn({}, warning);

  const ignore = () => log.info({ signal: 'SIGTERM' }, 'ignored because of --await-explicit-shutdown');
  let isStopping = false;
  const stop = (name: 'SIGINT' | 'SIGTERM') => {
    if (isStopping) {
      log.warn({ signal: name }, 'stopping at once');
      log.flush();
      // The workers and the server's directory go with the process.
      process.exit(SIGNAL_CODES[name]);
    }
    isStopping = true;
    log.info({ signal: name, graceMs: config.shutdownGraceMs }, 'stopping; a second signal stops at once');
    // A failure to stop is told by `closed`, below.
    ready.then((app) => app.close()).catch(() => undefined);
  };
  process.on('SIGINT', stop);
  // Listened to in any case: without a listener the signal would end the process.
  process.on('SIGTERM', config.awaitExplicitShutdown ? ignore : stop);

  // The workers start while the HTTP server is loaded.
  engine.start();
  const ready = loadApp(engine);
  const app = await ready;
  if (!isStopping) process.stdout.write(`Listening on ${await app.start()}\n`);
  await app.closed;
  return EXIT.ok;
}

async function loadApp(engine: Engine): Promise<App> {
  // They are spawned at the end of this turn, and nothing is quicker than to let them.
  await new Promise(setImmediate);
  const { createApp } = await import('../server/app.ts');
  return createApp(engine);
}
