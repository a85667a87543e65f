// Every scenario, in the order in which they are run and shown.
import type { Scenario } from './bench.ts';
import { CANCEL } from './scenarios/cancel.ts';
import { COLD_START } from './scenarios/cold-start.ts';
import { FILES } from './scenarios/files.ts';
import { GROWTH } from './scenarios/growth.ts';
import { JSON_SCENARIO } from './scenarios/json.ts';
import { LOGS } from './scenarios/logs.ts';
import { MEMORY } from './scenarios/memory.ts';
import { OPEN_LOOP } from './scenarios/open-loop.ts';
import { PROFILE } from './scenarios/profile.ts';
import { SMALL } from './scenarios/small.ts';
import { SSE } from './scenarios/sse.ts';
import { WEBHOOK } from './scenarios/webhook.ts';
import { WORK } from './scenarios/work.ts';
import { WORKERS } from './scenarios/workers.ts';

export const SCENARIOS: readonly Scenario[] = [
  SMALL,
  OPEN_LOOP,
  PROFILE,
  WORK,
  WORKERS,
  WEBHOOK,
  SSE,
  JSON_SCENARIO,
  FILES,
  LOGS,
  CANCEL,
  GROWTH,
  MEMORY,
  COLD_START,
];
