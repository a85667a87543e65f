// `npm pack`: builds everything and puts this machine's addon where an installed package looks for it.
// Binaries of other platforms that are already in prebuilds/ stay.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { checkGlibcCeiling } from './glibc-ceiling.mjs';
import { root } from './install-addon.mjs';
import { setUp } from './setup.mjs';

setUp();
const libc = process.platform !== 'linux' ? '' : existsSync('/etc/alpine-release') ? '.musl' : '.glibc';
const folder = path.join(root, 'prebuilds', `${process.platform}-${process.arch}`);
const file = path.join(folder, `pawl${libc}.node`);
mkdirSync(folder, { recursive: true });
copyFileSync(path.join(root, 'build', 'Release', 'pawl.node'), file);
execFileSync('strip', ['-x', file]);
if (libc === '.glibc') checkGlibcCeiling(file);
console.error(`wrote ${path.relative(root, file)}`);
