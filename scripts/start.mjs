// `npm start`, straight after git clone: sets up what is missing and serves an example in the foreground.
// Arguments are passed on to `pawl serve`; PORT names another port.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './install-addon.mjs';
import { installDependencies, setUp } from './setup.mjs';

const example = 'examples/ocr';
const command = path.join(root, 'dist', 'cli', 'main.js');

try {
  setUp();
  installDependencies(example);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

// In this process and not in a child: signals, exit code and terminal are the server's own, and nothing is left to
// outlive the other.
process.argv = [
  process.execPath,
  command,
  'serve',
  path.join(root, example, 'predict.ts'),
  '--port',
  process.env.PORT || '5000',
  ...process.argv.slice(2),
];
await import(pathToFileURL(command).href);
