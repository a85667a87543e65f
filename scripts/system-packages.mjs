// Programs that tests run and npm cannot install. Installs them only where that asks nobody: as root on Debian.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Program to look for → Debian package that brings it, by test tier or script. */
const NEEDED = {
  examples: { ffmpeg: 'ffmpeg' },
  integration: { nginx: 'nginx' },
  bench: { wrk: 'wrk' },
  sanitize: { 'c++': 'g++', valgrind: 'valgrind' },
};

/** The programs this tier still lacks afterwards. */
export function provideProgramsFor(tier) {
  const missing = () => Object.entries(NEEDED[tier] ?? {}).filter(([program]) => !isPresent(program));
  const packages = missing().map(([, name]) => name);
  if (packages.length > 0 && mayInstall()) {
    console.error(`installing Debian packages: ${packages.join(' ')} …`);
    if (!aptGet('install', ...packages)) {
      aptGet('update');
      aptGet('install', ...packages);
    }
  }
  return missing().map(([program]) => program);
}

function isPresent(program) {
  // Where servers are, and not on everybody's PATH.
  return `${process.env.PATH ?? ''}:/usr/sbin`
    .split(':')
    .some((folder) => existsSync(`${folder}/${program}`));
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && isPresent('apt-get');
}

function aptGet(command, ...packages) {
  const flags = command === 'install' ? ['-y', '--no-install-recommends'] : [];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync('apt-get', ['-qq', command, ...flags, ...packages], { env, stdio: ['ignore', 2, 2] }).status ===
    0
  );
}
