// Gets tarballs of npm packages. Addresses come from the npm client, so its registry, proxy and mirror settings hold.

import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const shell = process.platform === 'win32';

function ask(...args) {
  const answer = execFileSync(npm, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell, cwd: tmpdir() }).trim();
  return answer === 'null' || answer === 'undefined' ? '' : answer;
}

function tarballAddress(name, version) {
  try {
    const address = ask('view', `${name}@${version}`, 'dist.tarball');
    if (address) return address;
  } catch (error) {
    throw new Error(`npm does not find ${name}@${version}: ${String(error.stderr ?? error.message).trim().split('\n')[0]}`);
  }
  throw new Error(`npm knows no version ${version} of ${name}; check the registry that "npm config get registry" names`);
}

function hasCurl() {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Streams with curl, which knows proxies and certificates of its environment; npm's proxy setting is handed on. */
function openWithCurl(address) {
  const proxy = ask('config', 'get', 'https-proxy') || ask('config', 'get', 'proxy');
  const args = ['-fsSL', '--retry', '2', ...(proxy ? ['--proxy', proxy] : []), address];
  const child = spawn('curl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (data) => (complaint += data));
  const ended = new Promise((resolve) => child.on('close', resolve));
  async function* bytes() {
    yield* child.stdout;
    const code = await ended;
    if (code !== 0) throw new Error(`curl ended with ${code}: ${complaint.trim()}`);
  }
  return { stream: bytes(), close: () => child.kill() };
}

async function openWithNode(address, redirects = 5) {
  const response = await new Promise((resolve, reject) => {
    https.get(address, resolve).on('error', reject);
  });
  const { statusCode, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location && redirects > 0) {
    response.resume();
    return openWithNode(new URL(headers.location, address), redirects - 1);
  }
  if (statusCode !== 200) throw new Error(`the registry answered ${statusCode}`);
  return { stream: response, close: () => response.destroy() };
}

/** The compressed tarball as it arrives: close() stops the download. */
export async function openTarball(name, version) {
  const address = tarballAddress(name, version);
  return hasCurl() ? openWithCurl(address) : openWithNode(address);
}

/** The whole tarball by way of "npm pack": slower, but works with whatever npm is set up for (tokens, odd proxies). */
export function packTarball(name, version) {
  const folder = mkdtempSync(path.join(tmpdir(), 'segbridge-'));
  execFileSync(npm, ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder], { stdio: ['ignore', 'ignore', 'inherit'], shell, cwd: folder });
  const stream = createReadStream(path.join(folder, readdirSync(folder)[0]));
  return { stream, close: () => { stream.destroy(); rmSync(folder, { recursive: true, force: true }); } };
}
