// Webhooks, objects, files, health, trainings, access: W-31 to W-61.
import type { WeakSpots } from './weak-spot.ts';

const I = 'test/integration';
const S = 'test/unit/server';

export const AROUND_THEM: WeakSpots = {
  31: {
    cog: 'Terminal webhooks: fixed pauses, no jitter, no Retry-After.',
    pawl: 'Exponential with full jitter, `Retry-After`, and a log line that names what was given up.',
    shown: [
      `${S}/webhook/retry.test.ts › is spread over everything up to the exponential one`,
      `${I}/webhooks.test.ts › wait as long as Retry-After says`,
    ],
  },
  32: {
    cog: 'Webhooks race each other, also past the last one.',
    pawl: 'One at a time, in order, nothing after the end.',
    shown: [
      `${I}/webhooks.test.ts › arrive in order`,
      `${S}/webhook/schedule-properties.test.ts › ends every story`,
    ],
  },
  33: {
    cog: 'What is throttled is dropped.',
    pawl: 'It is told later, all at once.',
    shown: [
      `${S}/webhook/schedule.test.ts › tell logs an interval after the last report, and all of them at once then`,
    ],
  },
  34: {
    cog: 'Every line copies the whole snapshot, wanted or not.',
    pawl: 'A snapshot is made when a webhook leaves.',
    shown: [`${S}/webhook/webhooks.test.ts › cost nothing where they are not wanted or have to wait`],
  },
  35: {
    cog: 'The start may be throttled away.',
    pawl: 'Never.',
    shown: [`${S}/webhook/schedule.test.ts › tell the start at once, however long the interval is`],
  },
  36: {
    cog: 'The token goes to any URL that a client names.',
    pawl: 'To its own origin only; `--url-access` and `--url-hosts` say where URLs may point, input files included.',
    shown: [
      `${I}/url-access.test.ts › no input file comes from and no webhook goes to an address of this machine`,
      `${I}/webhooks.test.ts › take the token to no other origin`,
    ],
  },
  37: {
    cog: 'The object has no times and no input.',
    pawl: 'The whole object, everywhere.',
    shown: [`${I}/webhooks.test.ts › the whole object`],
  },
  38: {
    cog: 'Failed and canceled answers drop logs and output.',
    pawl: 'They carry both.',
    shown: [
      `${S}/http/create.test.ts › answers a failure with 200, its text, its code, its log and the output so far`,
    ],
  },
  39: {
    cog: 'Figures are 0 and ids empty while a lock is held.',
    pawl: 'There is one thread and no lock.',
    shown: [`${S}/http/create.test.ts › answers 200 with the output, the logs and the metrics`],
  },
  40: {
    cog: '`predict_time` is wall time of the server and grows with each look.',
    pawl: 'Measured once, in the worker; the wait is `queue_time`.',
    shown: [`${I}/usage.test.ts › have times in seconds`, `${S}/http/queue.test.ts › and counts its wait`],
  },
  41: {
    cog: 'Async generators are collected before anything is sent.',
    pawl: 'Each item is sent as it comes.',
    shown: [`${I}/kinds.test.ts › an async generator is seen item by item while it runs`],
  },
  42: {
    cog: 'Files inside objects are inlined, and read on the event loop.',
    pawl: 'They are treated like any other, at any depth, by stream.',
    shown: [`${I}/upload-url.test.ts › are uploaded and stand in it as URLs, at every depth`],
  },
  43: {
    cog: 'Work directories are never removed.',
    pawl: 'Nothing on disk outlives its prediction, nor the server.',
    shown: [
      `${I}/uploads.test.ts › leaves nothing on disk`,
      `${I}/supervision-stop.test.ts › ends the worker, its tree and its directory`,
    ],
  },
  44: {
    cog: 'Logs, outputs and metrics grow without bound.',
    pawl: 'Each has a limit and says what it left out.',
    shown: [
      `${I}/capture-torture.test.ts › counts what is beyond the limit of a log to the byte`,
      `${S}/prediction/output-assembly.test.ts › fails when the outputs together are too large`,
      `${S}/prediction/parts.test.ts › refuses more than its budget`,
    ],
  },
  45: {
    cog: 'A broken slot socket fails one prediction and loses the slot.',
    pawl: 'The worker is replaced.',
    shown: [`${I}/supervision-crash.test.ts › by closing a slot socket is replaced`],
  },
  46: {
    cog: 'Lost slots never come back, and health cannot tell.',
    pawl: 'A poisoned slot costs its worker, and the next one brings all slots.',
    shown: [
      `${I}/supervision-crash.test.ts › by not freeing its slot is replaced`,
      'test/fuzz/server.test.ts › and the server all its slots',
    ],
  },
  47: {
    cog: 'A healthcheck keeps cancels and predictions waiting.',
    pawl: 'It keeps nobody waiting.',
    shown: [`${I}/health.test.ts › keeps neither predictions nor cancels waiting while it hangs`],
  },
  48: {
    cog: 'Every look at the health runs user code.',
    pawl: 'One run for all who ask within a second, matched by id.',
    shown: [`${I}/health.test.ts › runs once for everybody who asks within a second`],
  },
  49: {
    cog: 'The readiness file is written before the check and stays for ever.',
    pawl: 'It is there while the server is ready and healthy, and gone with it.',
    shown: [`${I}/health.test.ts › exists while the server is ready and its healthcheck content`],
  },
  50: {
    cog: '`/trainings` exists for every model and runs `predict()`.',
    pawl: '404 without `train()`.',
    shown: [`${I}/training.test.ts › a predictor without train() has no trainings`],
  },
  51: {
    cog: 'Predictions and trainings answer for each other.',
    pawl: 'They do not.',
    shown: [`${S}/http/routes.test.ts › shares no prediction`],
  },
  52: {
    cog: '`Prefer` and `Accept` are compared as text.',
    pawl: 'Read as RFC 7240 and RFC 9110 say.',
    shown: [
      `${S}/http/headers.test.ts › reads several Prefer lines as one list`,
      `${I}/queue.test.ts › reads several Prefer lines as one`,
    ],
  },
  53: {
    cog: 'Flags that do nothing or the opposite; a link to a page that is not there.',
    pawl: 'Each flag does what it says, and bad values are bad usage.',
    shown: [
      `${I}/cli-usage.test.ts › bad usage`,
      `${I}/shutdown.test.ts › waits for POST /shutdown where it is told to`,
    ],
  },
  54: {
    cog: 'The documents and the code disagree.',
    pawl: 'Reference pages are generated, and a test says when they are stale.',
    shown: ['test/tidy/reference-pages.test.ts › is what `npm run generate` writes'],
  },
  55: {
    cog: 'No tokens, not even for the shutdown.',
    pawl: '`--auth-token-file`. There is no rate limit and no metrics endpoint yet.',
    shown: [`${I}/access.test.ts › stops for POST /shutdown only with one`],
  },
  56: {
    cog: 'Generated ids are times.',
    pawl: 'UUIDv7: sorted by time, and not to be guessed.',
    shown: [
      `${S}/prediction/parts.test.ts › are 26 characters of lower-case base32, sorted by time, never twice`,
    ],
  },
  57: {
    cog: 'Errors are texts with prefixes.',
    pawl: '`error_code`, and the stack in the log.',
    shown: [`${S}/http/create.test.ts › its code`],
  },
  58: {
    cog: 'An error whose text speaks of cancellation counts as one.',
    pawl: 'Only what was canceled is canceled.',
    shown: [`${I}/kinds.test.ts › an error that only speaks of a cancel is a failure`],
  },
  59: {
    cog: 'Downloads have neither a size limit nor a total time, are tried once, and mixed lists are not fetched.',
    pawl: 'Both, several tries, and every file of a list is one.',
    shown: [
      `${I}/input-download.test.ts › gives up on a server that trickles when the deadline comes`,
      `${I}/input-download-tries.test.ts › and fails after the last try with its reason`,
      `${I}/forms.test.ts › also mixed with URLs`,
    ],
  },
  60: {
    cog: 'No tests for the death of a worker, odd paths, failed uploads, shutdown.',
    pawl: 'There are.',
    shown: [
      `${I}/supervision-crash.test.ts › a worker that dies`,
      `${I}/shutdown.test.ts › stopping a server`,
    ],
  },
  61: {
    cog: 'A list that is not a list of Python is wrapped once more.',
    pawl: 'The worker says whether a value or items came.',
    shown: [`${S}/prediction/output-assembly.test.ts › knows a value from a list of chunks`],
  },
};
