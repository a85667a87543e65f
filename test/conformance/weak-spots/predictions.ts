// Taking, running and ending predictions: W-1 to W-30.
import type { WeakSpots } from './weak-spot.ts';

const I = 'test/integration';
const S = 'test/unit/server';

export const PREDICTIONS: WeakSpots = {
  1: {
    cog: 'One request can destroy a slot for ever: an id too long for a directory, a context too large for a frame.',
    pawl: 'Ids are checked, large inputs travel by a file, and whatever fails before the worker has it gives its slot back.',
    shown: [
      `${S}/http/ids.test.ts › refuses the id %j in a body`,
      `${S}/slot/slot-permit.test.ts › fails by its context, and the slot stays`,
    ],
  },
  2: {
    cog: 'The id is part of a path, also with `..` and slashes.',
    pawl: 'An id is 1 to 128 of `A-Z a-z 0-9 . _ ~ -`, and never a path.',
    shown: [`${S}/http/ids.test.ts › refuses the id %s in a URL`],
  },
  3: {
    cog: 'A worker that dies before it connects is never noticed: STARTING for ever.',
    pawl: 'Every step of a start is raced against the end of the process and a deadline.',
    shown: [
      `${I}/supervision-start.test.ts › by a process that ends at once`,
      `${I}/supervision-start.test.ts › by a worker that never says hello`,
    ],
  },
  4: {
    cog: 'A dead worker is never restarted, and health says READY.',
    pawl: 'It is restarted with growing pauses, or health is DEFUNCT and predictions are 503.',
    shown: [
      `${I}/supervision-crash.test.ts › fails every prediction once, with the signal, and is replaced`,
      `${I}/health.test.ts › is DEFUNCT, and 503 for predictions`,
    ],
  },
  5: {
    cog: 'A broken frame on the control channel leaves predictions hanging.',
    pawl: 'Any breach of the protocol ends the worker, and with it every prediction it had, once.',
    shown: [
      `${I}/supervision-crash.test.ts › by closing the control channel is replaced`,
      `${I}/supervision-start.test.ts › by garbage on the control channel`,
    ],
  },
  6: {
    cog: '409 right after a 200: the slot is not free yet when the answer is sent.',
    pawl: 'A client that has its answer never meets a 409 for that slot.',
    shown: [`${I}/queue.test.ts › a client that has its answer can always post the next one`],
  },
  7: {
    cog: 'POST does not look whether its id is in use.',
    pawl: '409 `PAWL_ID_IN_USE`.',
    shown: [`${S}/http/ids.test.ts › answers 409 to a POST whose id runs`],
  },
  8: {
    cog: 'PUT looks first and inserts later: two at once may both run.',
    pawl: 'Looking and taking are one step; hundreds at once run once.',
    shown: [`${I}/queue.test.ts › run it once`],
  },
  9: {
    cog: 'A cancel for an id that has just ended hits the next prediction with that id.',
    pawl: 'Cancels name a run, not an id.',
    shown: [
      `${S}/http/ids.test.ts › a cancel of the first reaches it never`,
      `${I}/cancel-races.test.ts › survive cancels at random moments`,
    ],
  },
  10: {
    cog: 'An output that could not be uploaded or read is missing from a prediction that succeeded.',
    pawl: 'It fails the prediction, after retries.',
    shown: [`${I}/upload-url.test.ts › fail the prediction where they cannot be uploaded`],
  },
  11: {
    cog: 'Uploaded outputs stand in the order in which they were done.',
    pawl: 'In the order in which they were yielded.',
    shown: [`${I}/upload-url.test.ts › keep their order, and that of what comes between them`],
  },
  12: {
    cog: 'The key of an upload is the bare file name.',
    pawl: 'It holds the id of the prediction and a part of its own, and keeps name and extension.',
    shown: [`${S}/upload/upload-url.test.ts › is a place that no other file has`],
  },
  13: {
    cog: 'Losing its only event stream cancels a prediction at once.',
    pawl: 'After a grace period; events have ids, and a reader that comes back goes on where it was.',
    shown: [
      `${I}/event-stream.test.ts › goes on for a reader that comes back in time`,
      `${I}/event-stream-clients.test.ts › each event once, in order, and no cancel`,
    ],
  },
  14: {
    cog: 'Who comes after 1024 events gets an error and nothing else.',
    pawl: 'A `gap` event with the count, and then what is there.',
    shown: [`${I}/event-stream.test.ts › tells a late reader of a flood of logs how much it has missed`],
  },
  15: {
    cog: 'A prediction cannot be fetched, and is forgotten when it ends.',
    pawl: '`GET /predictions/{id}`, a list, and the newest 1000 finished ones.',
    shown: [
      `${S}/http/routes.test.ts › lists newest first`,
      `${S}/prediction/service.test.ts › keeps the newest by completion`,
    ],
  },
  16: {
    cog: 'No queue, no Retry-After.',
    pawl: '`--queue`: first come, first served; `Retry-After` from measured times.',
    shown: [
      `${I}/queue.test.ts › is served in order`,
      `${S}/http/queue.test.ts › answers 409 with the time until the next slot is free`,
    ],
  },
  17: {
    cog: 'A body without Content-Type is dropped without a word.',
    pawl: 'It is read as JSON.',
    shown: [`${S}/http/body.test.ts › is read as JSON with the type %s`],
  },
  18: {
    cog: 'Errors are text, nothing, or JSON of several shapes.',
    pawl: 'Always JSON, with a code of a registry.',
    shown: ['test/fuzz/requests.test.ts › any request gets one answer that says what is wrong'],
  },
  19: {
    cog: 'Missing fields are recognised by the text of a message; nested ones pass.',
    pawl: 'By keyword and place.',
    shown: [
      `${S}/prediction/input-check.test.ts › names nested fields by their path, missing and surplus ones too`,
      `${S}/prediction/input-check.test.ts › is found where a required field is called like something every object has`,
    ],
  },
  20: {
    cog: 'A schema that does not compile switches the check off; null and defaults are not honoured.',
    pawl: 'Nothing runs without its check; null and defaults as the schema says.',
    shown: [
      `${S}/prediction/input-check.test.ts › lets nothing through, and says why`,
      `${S}/prediction/input-check.test.ts › an explicit null`,
    ],
  },
  21: {
    cog: 'READY is seen before the schema and before setup has succeeded.',
    pawl: 'All at once.',
    shown: [
      `${S}/health/health.test.ts › is STARTING until the document is known`,
      `${I}/http-fleet.test.ts › says STARTING, then READY with the document at once`,
    ],
  },
  22: {
    cog: 'A stream asked for during the start is 406.',
    pawl: '503.',
    shown: [`${S}/http/event-stream.test.ts › is refused in JSON, as any other: 503 while starting`],
  },
  23: {
    cog: 'After a failed setup clients are told to wait.',
    pawl: 'They are told that it failed, and with what.',
    shown: [`${S}/prediction/readiness.test.ts › why no prediction is taken`],
  },
  24: {
    cog: 'The output of setup is thrown away when setup fails.',
    pawl: 'It is in `setup.logs`, with the stack.',
    shown: [`${I}/capture-setup.test.ts › is complete in setup.logs when setup() throws`],
  },
  25: {
    cog: 'A setup that takes too long is left running.',
    pawl: 'It is killed with its whole tree.',
    shown: [`${I}/supervision-start.test.ts › by a setup that takes too long, and its whole tree is killed`],
  },
  26: {
    cog: 'No prediction timeout, and nothing after an ignored cancel.',
    pawl: '`--predict-timeout`, and a ladder that ends with the worker.',
    shown: [
      `${I}/cancel-stages.test.ts › a cancel stops what does not listen to its signal`,
      `${I}/cancel-stages.test.ts › --predict-timeout`,
    ],
  },
  27: {
    cog: 'A cancel can be lost between its two channels.',
    pawl: 'It names the run, and a run that was canceled before it came is canceled when it comes.',
    shown: [
      `${I}/cancel-races.test.ts › survive cancels at random moments`,
      `${S}/slot/slot-permit.test.ts › before run() keeps the prediction from being sent`,
    ],
  },
  28: {
    cog: 'A cancel during uploads may end as a success without its files.',
    pawl: 'Once acknowledged, the end is `canceled`.',
    shown: [`${I}/upload-url.test.ts › a cancel ends it, and the prediction is canceled`],
  },
  29: {
    cog: 'A cancel is acknowledged and the prediction may succeed.',
    pawl: 'Once acknowledged, the end is `canceled`, whatever the worker reports.',
    shown: [`${S}/http/routes.test.ts › makes the end canceled whatever the worker reports afterwards`],
  },
  30: {
    cog: 'Stopping waits for ever, a second signal does nothing, webhooks are lost.',
    pawl: 'A grace period, then cancels; terminal webhooks go out; a second signal ends it at once.',
    shown: [
      `${I}/http-fleet.test.ts › what runs is canceled after the grace period and answered`,
      `${I}/webhook-shutdown.test.ts › delivers what its predictions end with before it goes`,
      `${I}/cli-serve.test.ts › stops at once on a second signal`,
    ],
  },
};
