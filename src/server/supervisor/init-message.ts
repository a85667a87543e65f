// The first message to a worker: the part of the server's configuration that it needs, and nothing else.
import type { Config } from '../../config.ts';
import type { Init, Purpose } from '../../protocol/control-messages.ts';
import type { WorkerIndex } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';

export interface WorkerPlaces {
  readonly index: WorkerIndex;
  readonly purpose: Purpose;
  readonly workDir: string;
  /** Empty where no slots are wanted. */
  readonly slotSocketPath: string;
  readonly slotToken: string;
}

export function initMessage(config: Config, places: WorkerPlaces): Init {
  return {
    type: 'init',
    protocol: PROTOCOL_VERSION,
    worker: places.index,
    purpose: places.purpose,
    mode: config.mode,
    predictorPath: config.predictorPath,
    predictorExport: config.predictorExport,
    concurrency: config.concurrency,
    slotSocketPath: places.slotSocketPath,
    slotToken: places.slotToken,
    workDir: places.workDir,
    weights: config.weights,
    inputFileBytesMax: config.inputFileBytesMax,
    downloadMs: config.downloadMs,
    userAgent: config.userAgent,
    urlAccess: config.urlAccess,
    urlHosts: config.urlHosts,
    cancelGraceMs: config.cancelGraceMs,
    cancelTermMs: config.cancelTermMs,
  };
}
