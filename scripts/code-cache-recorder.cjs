// What scripts/code-cache.mjs puts into each process and thread of a run of Pawl: notes which scripts of dist/compiled
// are run there, and writes the code cache of each when the process ends, or when a predictor asks for it by a
// broadcast. Shipped in the package: imports nothing but Node.
const { renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { isMainThread, threadId } = require('node:worker_threads');
const { crc32 } = require('node:zlib');

const FOLDER = path.resolve(__dirname, '..', 'dist', 'compiled') + path.sep;
const HEADER_BYTES = 32;
const scripts = new Map();

vm.Script = class extends vm.Script {
  constructor(text, options) {
    const filename = options?.filename ?? '';
    const isOurs = filename.startsWith(FOLDER);
    super(text, isOurs ? { ...options, cachedData: undefined } : options);
    if (isOurs) scripts.set(filename, { script: this, text });
  }
};

function save() {
  for (const [file, { script, text }] of scripts) {
    const code = script.createCachedData();
    const header = Buffer.alloc(HEADER_BYTES);
    [Buffer.from(text, 'latin1'), code].forEach((part, i) => {
      header.writeUInt32LE(crc32(part), 8 * i);
      header.writeUInt32LE(part.length, 8 * i + 4);
    });
    const cache = `${file}.${process.version}-${process.arch}.cache`;
    const written = `${cache}.${process.pid}.${threadId}`;
    writeFileSync(written, Buffer.concat([header, code]));
    renameSync(written, cache);
  }
}

if (isMainThread) process.on('exit', save);
const channel = new BroadcastChannel('pawl-code-cache');
channel.onmessage = ({ data }) => {
  if (data !== 'save') return;
  save();
  channel.postMessage('saved');
};
channel.unref();
