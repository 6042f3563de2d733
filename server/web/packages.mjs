// The page's npm packages: fetched once, by the versions and hashes of package-lock.json.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const webFolder = path.dirname(fileURLToPath(import.meta.url));

// Without a network npm's own patience is minutes for each package.
const PATIENCE = ['--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=3000'];

const shell = process.platform === 'win32';
const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};
const lockOf = (folder) => read(path.join(folder, 'package-lock.json'));
const installedOf = (folder) => path.join(folder, 'node_modules', '.installed-lock.json');

/** Whether exactly the locked packages are in this folder's node_modules. */
export const packagesAreThere = (folder = webFolder) => read(installedOf(folder)) === lockOf(folder);

/** Fetches what is missing. Throws, with what to do, when npm cannot. Packages' own install scripts are not run. */
export function requirePackages(folder = webFolder, say = console.error) {
  if (packagesAreThere(folder)) return;
  say(`fetching the npm packages of ${path.basename(folder) === 'web' ? 'the page' : path.basename(folder)}`);
  try {
    execFileSync(shell ? 'npm.cmd' : 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...PATIENCE],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', shell });
  } catch (error) {
    const reason = String(error.stderr || error.message).trim().split('\n').slice(0, 2).join(' ');
    throw new Error(`"npm ci" failed (${reason}); with a registry in reach (behind a proxy: "npm config set proxy URL"), run "./segbridge setup"`);
  }
  writeFileSync(installedOf(folder), lockOf(folder));
}
