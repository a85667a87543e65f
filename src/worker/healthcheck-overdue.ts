// What a client reads of a healthcheck() that takes too long, in Cog's words; both threads may be the one to say it.
import { limit } from '../limits.ts';

const seconds = (limit('healthcheckMs') / 1000).toFixed(1);

export const HEALTHCHECK_OVERDUE = `Healthcheck failed: user-defined healthcheck timed out after ${seconds} seconds`;
