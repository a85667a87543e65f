// A worker without a runtime: speaks the real protocol on stdin, stdout and slot sockets, and misbehaves as told.
// Its one argument is JSON: { starts: [plan, plan, …], counter: file }. Each start takes the next plan, the last one
// again and again; `counter` counts the starts. Without `counter` the first plan is always taken.
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, readFileSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import readline from 'node:readline';

const { starts, counter } = JSON.parse(process.argv[2]);
const plan = starts[Math.min(countStart(), starts.length - 1)];
const slots = plan.slots ?? 1;
const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const setupLog = (data) => send({ type: 'log', stream: 'stdout', data, origin: 'setup', id: null });

if (plan.ignoreSigterm) process.on('SIGTERM', () => {});
if (plan.crashAtStart) {
  process.stderr.write(plan.lastWords ?? '');
  process.exit(plan.crashAtStart);
}
// Keeps the process up whatever closes; each plan says how it ends.
setInterval(() => {}, 1 << 30);

let init = null;
const sockets = [];
const running = new Map();

if (!plan.noHello) {
  const { pid, versions } = process;
  const { protocol = 1, uninterruptible = null } = plan;
  send({ type: 'hello', protocol, pid, node: versions.node, uninterruptible, pipes: null });
}
readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => onControl(JSON.parse(line)))
  .on('close', () => process.exit(69));

function countStart() {
  if (!counter) return 0;
  appendFileSync(counter, '.');
  return readFileSync(counter, 'utf8').length - 1;
}

function onControl(message) {
  if (message.type === 'init') {
    init = message;
    void start();
  } else if (message.type === 'cancel') {
    const prediction = running.get(message.slot);
    if (prediction?.run === message.run && !plan.ignoreCancel) {
      end(prediction, { type: 'canceled', stage: 'signal', cancelMs: 1 });
    }
  } else if (message.type === 'healthcheck') {
    if (plan.healthcheck === 'crash') process.exit(3);
    send({ type: 'healthcheck_result', id: message.id, error: plan.healthcheck ?? null });
  } else if (message.type === 'shutdown' && !plan.ignoreShutdown) {
    process.exit(0);
  }
}

async function start() {
  if (plan.noHello) return;
  if (plan.garbage) process.stdout.write(`${plan.garbage}\n`);
  if (init.purpose === 'schema') {
    if (plan.setupFailed) return failSetup();
    return send({ type: 'described', predictor: description() });
  }
  if (plan.exitBeforeAttach) process.exit(plan.exitBeforeAttach);
  send({
    type: 'loaded',
    predictor: description(),
    slots,
    pipes: [],
    ...(plan.carries ? { carries: true } : {}),
  });
  if (plan.noAttach) return;
  if (plan.strangerFirst) await stranger();
  for (let slot = 0; slot < slots; slot += 1) sockets.push(attach(slot));
  if (plan.grandchild) startGrandchild();
  setupLog(plan.setupOutput ?? 'setting up\n');
  if (plan.hangInSetup) return;
  if (plan.exitInSetup !== undefined) {
    process.stderr.write(plan.lastWords ?? '', () => process.exit(plan.exitInSetup));
    return;
  }
  if (plan.setupFailed) return failSetup();
  send({ type: 'ready' });
}

function failSetup() {
  send({ type: 'setup_failed', error: plan.setupFailed });
  if (!plan.stayAfterFailure) process.exitCode = 65;
  if (!plan.stayAfterFailure) process.stdout.write('', () => process.exit(65));
}

function description() {
  return {
    document: { openapi: '3.1.0', 'x-title': plan.title ?? 'fake' },
    hasTrain: false,
    hasHealthcheck: plan.healthcheck !== undefined,
  };
}

/** A process of the worker's group, or one with a session of its own; its pid is in the setup output. */
function startGrandchild() {
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1 << 30);";
  const detached = plan.grandchild === 'own-session';
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore', detached });
  setupLog(`grandchild ${child.pid}\n`);
}

/** Connects with a wrong token, and waits until it was dropped. */
function stranger() {
  const socket = net.connect(process.env.PAWL_WORKER_SOCKET);
  socket.write(`${JSON.stringify({ type: 'attach', slot: 0, token: 'guess' })}\n`);
  socket.on('error', () => {}).resume();
  return new Promise((resolve) => socket.on('close', resolve));
}

function attach(slot) {
  const socket = net.connect(process.env.PAWL_WORKER_SOCKET);
  socket.write(`${JSON.stringify({ type: 'attach', slot, token: init.slotToken })}\n`);
  socket.on('error', () => {});
  readline.createInterface({ input: socket }).on('line', (line) => {
    const [, carriedFor, message] = /^(?:(\d+) )?(.*)$/.exec(line);
    predict(Number(carriedFor ?? slot), JSON.parse(message), carriedFor !== undefined);
  });
  return socket;
}

function predict(slot, { id, run, input }, wasCarried) {
  const prediction = { slot, id, run };
  running.set(slot, prediction);
  const value = input.in === 'message' ? input.value : take(input.path);
  emit(prediction, { type: 'log', stream: 'stdout', data: `got ${value.do}\n` });
  switch (value.do) {
    case 'succeed':
      return end(prediction, { type: 'succeeded', output: 'value' }, { ...value, wasCarried });
    case 'exit':
      process.stderr.write(value.lastWords ?? '', () => process.exit(value.code));
      return;
    case 'die':
      return process.kill(process.pid, value.signal);
    case 'end-then-die':
      end(prediction, { type: 'succeeded', output: 'value' });
      return sockets[slot].write('', () => process.kill(process.pid, 'SIGKILL'));
    case 'succeed-elsewhere': {
      const terminal = { type: 'succeeded', id, output: 'list', predictMs: 1, idle: true };
      running.delete(slot);
      return sockets[value.on].write(`${slot} ${JSON.stringify(terminal)}\n`);
    }
    case 'speak-for-nobody':
      return sockets[slot].write('9 {"type":"log","id":"p","stream":"stdout","data":"x"}\n');
    case 'garbage':
      return sockets[slot].write('this is no frame\n');
    case 'garbage-control':
      return process.stdout.write('this is no frame\n');
    case 'shut-down':
      // By itself, without a word, and with its predictions unfinished.
      return process.exit(0);
    case 'close-socket':
      return sockets[slot].destroy();
    case 'close-control':
      return closeSync(1);
    case 'fatal': {
      const error = { name: 'Error', message: 'the runtime broke', stack: null, code: 'PAWL_INTERNAL' };
      send({ type: 'fatal', error });
      return process.stdout.write('', () => process.exit(70));
    }
    default:
      // Runs until it is canceled.
      return;
  }
}

function take(file) {
  const value = JSON.parse(readFileSync(file, 'utf8'));
  unlinkSync(file);
  return { ...value, blob: value.blob?.length };
}

function emit({ slot, id }, message) {
  sockets[slot].write(`${JSON.stringify({ ...message, id })}\n`);
}

/** Terminal message, then the idle token, unless the input asked to leave it out. */
function end(prediction, terminal, value = {}) {
  running.delete(prediction.slot);
  const payload = { in: 'message', value: { ...value, pid: process.pid } };
  if (terminal.type === 'succeeded') {
    emit(prediction, { type: 'output', kind: 'value', index: 0, payload, files: [] });
  }
  if (value.idle === 'first') send({ type: 'idle', slot: prediction.slot, id: prediction.id });
  emit(prediction, { ...terminal, predictMs: 1 });
  if (value.idle === undefined) send({ type: 'idle', slot: prediction.slot, id: prediction.id });
}
