// The server's log: JSON lines on stderr through pino, or one readable line per event. Owns the writing to stderr.
import { pino } from 'pino';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { LogFields, Logger } from '../../base/log.ts';
import type { LogFormat, LogLevel } from '../../config.ts';
import { limit } from '../../limits.ts';
import { BoundedWriter, systemWriter } from './bounded-writer.ts';
import { prettyLogger } from './pretty-log.ts';

export interface ServerLog extends Logger {
  /** Writes what is still held; called once, last. */
  flush(): void;
}

export function createLog(format: LogFormat, level: LogLevel, clock: Clock = systemClock): ServerLog {
  const writer = new BoundedWriter({
    ...systemWriter(process.stderr.fd),
    clock,
    bytesMax: limit('serverLogBacklogBytesMax'),
    onDropped: (lines) =>
      logger.warn({ lines }, 'log lines are missing here: stderr was not read fast enough'),
  });
  const write = (line: string) => writer.write(line);
  const logger = format === 'pretty' ? prettyLogger(level, write) : jsonLogger(level, write);
  // Where the process ends without closing its log.
  const lastResort = () => writer.flush();
  process.once('exit', lastResort);
  const flush = () => {
    process.removeListener('exit', lastResort);
    writer.flush();
  };
  return { ...logger, flush };
}

function jsonLogger(level: LogLevel, write: (line: string) => void): Logger {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    { write },
  );
  const at = (name: LogLevel) => (fields: LogFields, message: string) => logger[name](fields, message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
