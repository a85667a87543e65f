// The first message to a worker: the part of the server's configuration that it needs, and nothing else.
import type { Config } from '../../config.ts';
import type { Init, Purpose } from '../../protocol/control-messages.ts';
import type { WorkerIndex } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';

export interface InitFor {
  readonly index: WorkerIndex;
  readonly purpose: Purpose;
  readonly slotToken: string;
}

export function initMessage(config: Config, { index, purpose, slotToken }: InitFor): Init {
  return {
    type: 'init',
    protocol: PROTOCOL_VERSION,
    worker: index,
    purpose,
    mode: config.mode,
    predictorExport: config.predictorExport,
    concurrency: config.concurrency,
    slotToken,
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
