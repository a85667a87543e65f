// Builds all parts of the server but HTTP, wires them, starts them and stops them in reverse. Loads nothing of HTTP: the
// workers start while that is loaded (cli/serve.ts), and `pawl predict` does without.
import path from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Config } from '../config.ts';
import { limit } from '../limits.ts';
import { FileStore } from './files/file-store.ts';
import { OwnFiles } from './files/own-files.ts';
import { Health } from './health/health.ts';
import { Healthcheck } from './health/healthcheck.ts';
import { createLog, type ServerLog } from './observe/log.ts';
import { PredictionService } from './prediction/service.ts';
import type { Fleet } from './supervisor/fleet.ts';
import { createFleet } from './supervisor/worker-pool.ts';
import { createDelivery } from './upload/create-delivery.ts';
import type { DataUrlForm } from './upload/data-url.ts';
import { InMemoryDelivery } from './upload/in-memory-delivery.ts';
import type { Sender } from './webhook/sender.ts';
import { createWebhooks, type Webhooks } from './webhook/webhooks.ts';
import { ServerDirectory } from './work-directory.ts';

/** Workers and predictions. */
export interface Engine {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: ServerLog;
  readonly fleet: Fleet;
  readonly service: PredictionService;
  readonly files: FileStore;
  readonly health: Health;
  readonly webhooks: Webhooks;
  /** Of files that are removed with the server, made by whoever needs it first. */
  readonly bodyDirectory: () => string;
  /** Spawns the workers, unless that was done before; returns at once. Throws PAWL_WORK_DIR. */
  start(): void;
  /**
   * Drains for `graceMs`, cancels what is left, ends the workers and delivers the last webhooks. May be called again
   * with less patience.
   */
  stop(graceMs?: number): Promise<void>;
}

/** What tests, and the command line, put in place of what a server has. */
export interface EngineParts {
  readonly clock?: Clock;
  readonly log?: ServerLog;
  readonly fleet?: Fleet;
  readonly dataUrls?: DataUrlForm;
  readonly webhookSender?: Sender;
  /** Large outputs stay on disk, unless whoever runs the engine wants to look at them. */
  readonly outputs?: 'on disk' | 'in memory';
}

export function createEngine(config: Config, parts: EngineParts = {}): Engine {
  const clock = parts.clock ?? systemClock;
  const log = parts.log ?? createLog(config.logFormat, config.logLevel);
  const { dataUrls = 'plain' } = parts;
  const directory = new ServerDirectory(config.workDir);
  const fleet = parts.fleet ?? createFleet({ config, clock, logger: log, directory });
  const files = new FileStore({
    clock,
    log,
    directory: () => path.join(directory.path, 'files'),
    fileBytesMax: config.inputFileBytesMax,
    bytesMax: config.storedBytesMax,
    keepMs: config.fileRetentionMs,
  });
  const { mode, retention, queue, cancelKillMs, predictTimeoutMs } = config;
  const outputs = () => path.join(directory.path, 'outputs');
  const bodyDirectory = () => path.join(directory.path, 'bodies');
  const inAnswers = createDelivery(config, outputs, { clock, log, dataUrls });
  const delivery =
    parts.outputs === 'in memory' ? new InMemoryDelivery(inAnswers.delivery) : inAnswers.delivery;
  const service = new PredictionService({
    fleet,
    clock,
    log,
    delivery,
    files: new OwnFiles(files),
    mode,
    retention,
    queue,
    cancelKillMs,
    predictTimeoutMs,
    streamHistory: { events: config.streamHistoryEvents, bytes: limit('streamHistoryBytesMax') },
  });
  const webhooks = createWebhooks(config, { clock, log, sender: parts.webhookSender });
  const health = new Health(fleet, service, new Healthcheck(fleet, clock));
  let hasStarted = false;
  const start = () => {
    if (hasStarted) return;
    hasStarted = true;
    fleet.start();
    // Not before the workers are spawned.
    setImmediate(() => void directory.sweep(log));
  };
  const stop = async (graceMs = config.shutdownGraceMs) => {
    const deadline = clock.monotonic() + graceMs;
    await service.drain(graceMs);
    // Also what was canceled at the last moment has a webhook that tells so.
    const flushMs = Math.max(deadline - clock.monotonic(), limit('webhookFlushMs'));
    await files.close();
    await Promise.all([fleet.stop(), webhooks.drain(flushMs)]);
    webhooks.close();
    inAnswers.close();
    await directory.remove(log);
  };
  return { config, clock, log, fleet, service, files, health, webhooks, bodyDirectory, start, stop };
}
