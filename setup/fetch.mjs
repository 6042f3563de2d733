// Puts pinned files of npm packages into .cache. Nothing is downloaded twice and nothing of a wrong hash is kept.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { openTarball, packTarball } from './registry.mjs';
import { readTar } from './tar.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const cache = path.join(root, '.cache');
const stampFile = path.join(cache, 'stamps.json');
const downloads = JSON.parse(readFileSync(path.join(root, 'setup', 'downloads.json'), 'utf8'));

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function writeWhole(file, bytes) {
  mkdirSync(path.dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.part`;
  writeFileSync(partial, bytes);
  renameSync(partial, file);
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

/** Whether the file has the pinned hash. An unchanged size and time since the last full check stand for an unchanged file. */
function isGood(file, pin, stamps) {
  let stat;
  try {
    stat = statSync(file);
  } catch {
    return false;
  }
  const key = path.relative(cache, file);
  const stamp = stamps[key];
  if (stamp?.sha256 === pin && stamp.size === stat.size && stamp.mtime === stat.mtimeMs) return true;
  if (sha256(readFileSync(file)) !== pin) return false;
  stamps[key] = { size: stat.size, mtime: stat.mtimeMs, sha256: pin };
  return true;
}

async function unpack({ stream, close }, download) {
  const missing = new Map(download.files.map((file) => [file.entry, file]));
  const gunzip = createGunzip();
  const source = Readable.from(stream);
  source.on('error', (error) => gunzip.destroy(error));
  try {
    await readTar(source.pipe(gunzip), (name) => missing.has(name), (name, bytes) => {
      const file = missing.get(name);
      const found = sha256(bytes);
      if (found !== file.sha256) {
        throw new Error(`${name} of ${download.package}@${download.version} has SHA-256 ${found}, pinned is ${file.sha256}`);
      }
      writeWhole(path.join(cache, download.into, file.as), bytes);
      missing.delete(name);
      return missing.size > 0;
    });
  } finally {
    source.unpipe(gunzip);
    gunzip.destroy();
    source.destroy();
    close();
  }
  if (missing.size > 0) {
    throw new Error(`${download.package}@${download.version} has no ${[...missing.keys()].join(', ')}`);
  }
}

/** Makes sure that every file of the named downloads is in .cache. */
export async function fetchPinned(names, say = console.error) {
  const stamps = readStamps();
  const before = JSON.stringify(stamps);
  for (const name of names) {
    const download = downloads[name];
    const good = () => download.files.every((file) => isGood(path.join(cache, download.into, file.as), file.sha256, stamps));
    if (good()) continue;
    say(`fetching ${download.what} from npm package ${download.package}@${download.version}`);
    try {
      await unpack(await openTarball(download.package, download.version), download);
    } catch (error) {
      if (/pinned is/.test(error.message)) throw error;
      say(`  streaming failed (${error.message}); trying "npm pack"`);
      await unpack(packTarball(download.package, download.version), download);
    }
    if (!good()) throw new Error(`${name}: the files just written changed on disk; try again`);
  }
  try {
    if (JSON.stringify(stamps) !== before) writeWhole(stampFile, `${JSON.stringify(stamps, null, 1)}\n`);
  } catch {
    // Someone else's folder: the files are good, and are hashed again next time.
  }
}

/** Whether a download exists for this name. */
export const isPinned = (name) => Object.hasOwn(downloads, name);
