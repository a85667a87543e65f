// Sends what a chunk costs inside the server to the program that forked it, and ends.
import { costOf } from '../../stream-report/in-process.ts';

await costOf(200_000, 1);
const { eventsPerSecond, cpuMicrosPerEvent } = await costOf(1_000_000, 1);
process.send?.({ perSecond: eventsPerSecond, serverMicros: cpuMicrosPerEvent }, () => process.exit(0));
