// The server's log: JSON lines on stderr through pino, or one readable line per event. Owns the writing to stderr.
import { pino } from 'pino';
import type { LogFields, Logger } from '../../base/log.ts';
import type { LogFormat, LogLevel } from '../../config.ts';
import { limit } from '../../limits.ts';
import { prettyLogger } from './pretty-log.ts';

export interface ServerLog extends Logger {
  /** Writes what is still held; called once, last. */
  flush(): void;
}

export function createLog(format: LogFormat, level: LogLevel): ServerLog {
  return format === 'pretty'
    ? { ...prettyLogger(level, (line) => process.stderr.write(line)), flush: () => {} }
    : jsonLog(level);
}

function jsonLog(level: LogLevel): ServerLog {
  // Not synchronous: a stderr that nobody reads must not stop the server. Lines beyond the backlog are dropped.
  const destination = pino.destination({
    fd: process.stderr.fd,
    sync: false,
    maxLength: limit('serverLogBacklogBytesMax'),
  });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
  const write = (at: LogLevel) => (fields: LogFields, message: string) => logger[at](fields, message);
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    flush: () => destination.flushSync(),
  };
}
