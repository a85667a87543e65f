// Where Pawl answers otherwise than Cog's server, and why. docs/compatibility.md is generated from this, and the
// conformance tests hold it to what both servers really do: nothing else may differ, and nothing here may be stale.

export interface Deviation {
  /** What it is about, as a heading. */
  readonly title: string;
  readonly cog: string;
  readonly pawl: string;
  readonly why: string;
}

export const DEVIATIONS = {
  errorBodies: {
    title: 'Bodies of refusals',
    cog: 'Text, or nothing at all, with 400, 404, 405, 413, 415 and where a field of the request has the wrong type (422).',
    pawl: '`{"error", "code"}`, or Cog’s `{"detail": […]}` for 422, always as JSON. The status is the same.',
    why: 'A client can read every answer in one way.',
  },
  wording: {
    title: 'Words of a 422',
    cog: '`msg` is the text of its validator: `9 is greater than the maximum of 5`.',
    pawl: '`msg` is the text of ours: `must be <= 5`. `loc` and `type` are the same, and so is `Field required`.',
    why: 'Clients go by `loc` and `type`; the text is for people.',
  },
  nestedLocation: {
    title: 'Place of an issue inside an input',
    cog: 'One element with slashes: `["body", "input", "words/0"]`.',
    pawl: 'One element a level: `["body", "input", "words", 0]`.',
    why: 'A name with a slash in it stays readable; top-level fields are the same.',
  },
  metricTypes: {
    title: 'Types of metrics',
    cog: 'Named as Python names them (`got bool`); whole and other numbers are two types.',
    pawl: 'Named as JavaScript names them (`got boolean for metric …`); all numbers are one type.',
    why: 'JavaScript cannot tell 1 from 1.0.',
  },
  metricReserved: {
    title: 'Reserved metrics',
    cog: '`predict_time`.',
    pawl: 'Also what it measures beside that, such as `queue_time`, `setup` and `cpu_time`, and names below them.',
    why: 'What a predictor records there would be lost without a word.',
  },
  errorText: {
    title: 'Text of a failure',
    cog: 'Prefixed once or twice: `Prediction failed: Prediction failed: ValueError: …`.',
    pawl: 'Name and message of what was thrown: `TypeError: …`; `error_code` says which kind of failure it is.',
    why: 'The prefixes say nothing that the status does not.',
  },
  endedObject: {
    title: 'Logs and partial output of a failure',
    cog: 'The answer to a request whose prediction failed or was canceled has empty `logs` and no `output`.',
    pawl: 'Logs, with the stack of what was thrown, and what had come out until then, as in the webhook.',
    why: 'That is when they are needed.',
  },
  stackInLogs: {
    title: 'The stack of a failure',
    cog: 'Not in the logs that a webhook brings.',
    pawl: 'The last lines of the logs, wherever they are shown.',
    why: '`error` says what went wrong, and the stack where.',
  },
  outputSoFar: {
    title: 'A single output in a webhook before the end',
    cog: 'A list with it.',
    pawl: 'The output itself, as in the webhook of the end.',
    why: 'A field has one type.',
  },
  emptyNotFound: {
    title: 'Cancel of a prediction that does not run',
    cog: '404 with `{}`.',
    pawl: '404 with `{"error", "code"}`.',
    why: 'It says which id is meant; who looks at the status only sees no difference.',
  },
  methods: {
    title: 'Methods of a path',
    cog: '`GET /predictions` and `GET /predictions/{id}` are 405.',
    pawl: 'They answer the list and the prediction; `Allow` names them.',
    why: 'A lost answer can be fetched again.',
  },
  noDocs: {
    title: '`docs_url`',
    cog: '`GET /` names `/docs`, which is a 404.',
    pawl: 'Not named.',
    why: 'There is no such page.',
  },
  noContentType: {
    title: 'A body without Content-Type',
    cog: 'The body is dropped without a word and the prediction runs with an empty input.',
    pawl: 'It is read as JSON.',
    why: 'What was sent is what was meant.',
  },
  nullAllowed: {
    title: 'Null for an optional input',
    cog: '422.',
    pawl: 'Taken as null where the schema says nullable, as absent where it says optional.',
    why: 'The document says `nullable`; clients that fill in null for what is not given are right.',
  },
  nullContext: {
    title: '`"context": null`',
    cog: '422.',
    pawl: 'The same as no context.',
    why: 'Cog takes null for `id`, `input` and `webhook`.',
  },
  webhookUrl: {
    title: 'A webhook that is no URL',
    cog: 'Accepted, and tried thirteen times in vain.',
    pawl: '422.',
    why: 'The mistake shows where it was made.',
  },
  unknownInput: {
    title: 'An unknown input',
    cog: 'Dropped; the server log says so.',
    pawl: 'Dropped; the log of the prediction says so too.',
    why: 'Who sent it reads that log.',
  },
  acceptWeights: {
    title: '`Accept` with weights',
    cog: 'An event stream wherever `text/event-stream` is named, whatever its weight.',
    pawl: 'JSON where `application/json` has the higher weight.',
    why: 'That is what the weights say.',
  },
  noTrainings: {
    title: 'Trainings of a predictor without `train`',
    cog: '`/trainings` exists for every predictor, and runs `predict()`.',
    pawl: '404 unless the predictor has `train`.',
    why: 'Nobody means a prediction who asks for a training.',
  },
  startingFirst: {
    title: 'A stream that is asked for before setup has ended',
    cog: '406: it does not know yet that the model streams.',
    pawl: '503, as for every other request.',
    why: 'The client should come again, not give up.',
  },
  setupLogs: {
    title: '`setup.logs`',
    cog: 'Lines of the server and of setup with the name of a module in front; after a failure only the error.',
    pawl: 'What loading and `setup()` wrote, with the stack after a failure; empty where they wrote nothing.',
    why: 'It is the log of the predictor; the server has its own.',
  },
  setupFailedText: {
    title: 'Requests after a failed setup',
    cog: '503 with the advice to wait until setup has finished.',
    pawl: '503 that says that it failed, and with what.',
    why: 'Waiting does not help.',
  },
  version: {
    title: '`version` in the health check',
    cog: '`git_sha`, `build_time`, `python_sdk`, `python` beside `coglet`.',
    pawl: '`coglet` (the release whose API it speaks), `pawl`, `node`.',
    why: 'There is no Python here.',
  },
  cancelAnswer: {
    title: 'Answer to a cancel',
    cog: '`{}`.',
    pawl: 'The prediction.',
    why: 'Replicate’s client wants to see it; Cog’s look at the status.',
  },
  asyncItems: {
    title: 'Items of an async generator',
    cog: 'Collected, and sent when the last one is there.',
    pawl: 'Sent as they come; what had come out is in the object of a canceled or failed prediction.',
    why: 'A stream is there to be seen while it runs.',
  },
} as const satisfies Record<string, Deviation>;

/** What no exchange with a client shows; tests of their own do. */
export const BEHIND_THE_ANSWERS: readonly Deviation[] = [
  {
    title: 'Webhooks about progress',
    cog: 'What comes sooner than half a second after the last one is dropped: the newest log may never be told.',
    pawl: 'It waits, and is in the next one, which is sent when the half second is over; one at a time, in order.',
    why: 'A receiver that follows the webhooks sees all of it (`test/unit/server/webhook`).',
  },
  {
    title: 'An upload that is redirected',
    cog: 'Made again at the new place with 301, 302, 307 and 308; with 303 the new place is asked by GET.',
    pawl: 'The same with 301, 302, 307 and 308, always by PUT with the whole file; 303 says that it was taken.',
    why: 'A GET of the result adds nothing (`test/conformance/redirected-upload.test.ts`).',
  },
  {
    title: 'Downloads and uploads that fail',
    cog: 'A download is tried once, an upload once.',
    pawl: 'Both are tried again after failures that may pass, as `Retry-After` asks ([files.md](files.md)).',
    why: 'A store that is busy for a moment costs no prediction (`test/integration/input-download-tries.test.ts`).',
  },
];

export type DeviationName = keyof typeof DEVIATIONS;
/** Path in a transcript, `*` for one key, `**` at the end for all below. */
export type Places = Readonly<Record<string, DeviationName>>;

/** May appear in every scenario. */
export const EVERYWHERE: Places = { '*/body/detail/*/msg': 'wording' };

export const PLACES: Readonly<Record<string, Places>> = {
  'paths and methods': {
    '0/body/docs_url': 'noDocs',
    '*/type': 'errorBodies',
    '*/body': 'errorBodies',
    '4/allow': 'methods',
  },
  bodies: {
    '0/**': 'errorBodies',
    '1/**': 'errorBodies',
    '2/**': 'errorBodies',
    '3/**': 'errorBodies',
    '4/**': 'errorBodies',
    '5/**': 'errorBodies',
    '8/**': 'errorBodies',
    '9/**': 'errorBodies',
    '12/**': 'noContentType',
  },
  'fields of the request': {
    '0/**': 'errorBodies',
    '3/**': 'nullContext',
    '4/**': 'errorBodies',
    '6/**': 'errorBodies',
    '7/**': 'webhookUrl',
    '8/**': 'errorBodies',
    '9/**': 'errorBodies',
  },
  'checks of the input': {
    '11/**': 'nullAllowed',
    '13/body/logs': 'unknownInput',
    '14/body/detail/**': 'wording',
  },
  'lists and secrets in the input': { '4/body/detail/0/loc/*': 'nestedLocation' },
  ids: { '4/body/error': 'emptyNotFound', '5/body/error': 'emptyNotFound' },
  values: { '7/body/error': 'errorText', '7/body/logs': 'endedObject' },
  'items of a generator': {
    '3/body/error': 'errorText',
    '3/body/logs': 'endedObject',
    '3/body/output': 'endedObject',
  },
  'rules for metrics': {
    '0/body/output/24': 'metricTypes',
    '0/body/output/25': 'metricTypes',
    '0/body/output/26': 'metricTypes',
    '0/body/output/27': 'metricTypes',
    '0/body/output/31': 'metricTypes',
    '0/body/output/32': 'metricTypes',
    '0/body/output/33': 'metricTypes',
    '0/body/output/35': 'metricTypes',
    '0/body/output/36': 'metricReserved',
    '0/body/output/37': 'metricReserved',
    '0/body/metrics/k': 'metricTypes',
    '0/body/metrics/queue_time': 'metricReserved',
    '0/body/metrics/setup': 'metricReserved',
  },
  failures: {
    '0/body/error': 'errorText',
    '0/body/logs': 'endedObject',
    '1/body/error': 'errorText',
    '1/body/logs': 'endedObject',
  },
  files: { '3/body/error': 'errorText' },
  'the webhook of an output': { '1/output': 'outputSoFar' },
  'the webhook of a failure': { '1/error': 'errorText', '1/logs': 'stackInLogs' },
  'event streams': {
    '1/body/**': 'endedObject',
    '2/**': 'acceptWeights',
    '5/**': 'noTrainings',
  },
  'trainings beside predictions': { '0/body/docs_url': 'noDocs', '5/body/error': 'emptyNotFound' },
  'the only reader of a stream that leaves for good': { '1/output': 'asyncItems' },
  'streams before setup has ended': { '0/**': 'startingFirst' },
  'health when ready': { '0/body/setup/logs': 'setupLogs', '0/body/version/*': 'version' },
  'health while starting': {
    '0/body/setup/logs': 'setupLogs',
    '0/body/version/*': 'version',
    '1/body/status': 'errorBodies',
    '2/body/docs_url': 'noDocs',
    '4/body/error': 'emptyNotFound',
  },
  'health after a failed setup': {
    '0/body/setup/logs': 'setupLogs',
    '0/body/version/*': 'version',
    '1/body/error': 'setupFailedText',
  },
  'a healthcheck that says no': { '0/body/setup/logs': 'setupLogs', '0/body/version/*': 'version' },
  'an id in use': { '3/body/*': 'cancelAnswer', '4/body/error': 'emptyNotFound' },
  'at capacity': { '2/body/*': 'cancelAnswer' },
};
