// Installs Debian packages; where that cannot be, says by which command a person can.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export const isDebian = existsSync('/usr/bin/apt-get');

/** What makes a command one of the superuser's. */
const superuser = () => (process.getuid() === 0 ? [] : ['sudo']);

/** Runs a command as the superuser; whether it went well. What it says comes only when it is a complaint. */
function asRoot(...command) {
  const [program, ...args] = [...superuser(), ...command];
  return spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

const apt = (...args) => asRoot('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y', ...args);

/** Those that the sources of this system do not have. */
function unknown(packages) {
  const { status, stdout } = spawnSync('apt-cache', ['pkgnames'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const known = new Set(stdout?.split('\n'));
  return status === 0 ? packages.filter((name) => !known.has(name)) : [];
}

/** Installs the packages. Throws, with what to run, when it cannot. */
export function install(packages, purpose) {
  const command = (names) => `apt-get install --no-install-recommends ${names.join(' ')}`;
  if (superuser().length > 0 && spawnSync('sudo', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(`Debian packages for ${purpose} are missing and there is no sudo; as root, run: ${command(packages)}`);
  }
  console.error(`installing Debian packages for ${purpose}, which can take some minutes: ${packages.join(' ')}`);
  // A source out of reach need not be one that is needed.
  apt('update');
  const absent = unknown(packages);
  if (absent.length > 0) console.error(`the package sources of this system have no ${absent.join(', ')}`);
  const wanted = packages.filter((name) => !absent.includes(name));
  // A fresh machine updates itself first, and holds dpkg's lock meanwhile.
  if (!apt('-o', 'DPkg::Lock::Timeout=600', 'install', '--no-install-recommends', ...wanted)) {
    throw new Error(`Debian packages for ${purpose} could not be installed, see above; as root, run: ${command(wanted)}`);
  }
  // Debian's package starts it as a service, which nobody asked for here.
  if (wanted.includes('orthanc') && existsSync('/run/systemd/system')) asRoot('systemctl', 'disable', '--now', '--quiet', 'orthanc');
}
