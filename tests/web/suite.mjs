// node suite.mjs RESULT [NAME...]: type-check, lint, unit and end-to-end tests of the page; RESULT gets the counts as JSON. Names
// choose test files.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { requirePackages, webFolder } from '../../server/web/packages.mjs';
import { built, bundle, folder } from './bundle.mjs';

const [result, ...names] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

const module = (...parts) => path.join(folder, 'node_modules', ...parts);
const node = (...args) => spawnSync(process.execPath, args, { cwd: folder, stdio: 'inherit' }).status ?? 1;

function check(what, good) {
  counts[good ? 'passed' : 'failed']++;
  console.log(`${good ? '✔' : '✖'} ${what}`);
}

/** Beside what else is done. */
const typeCheck = (project) => new Promise((resolve) => {
  spawn(process.execPath, [module('typescript', 'bin', 'tsc'), '-p', project], { cwd: folder, stdio: 'inherit' }).on('close', (status) => resolve(status === 0));
});

async function lint() {
  const { ESLint } = await import(pathToFileURL(module('eslint', 'lib', 'api.js')).href);
  const { config } = await import('./lint.mjs');
  const root = path.join(folder, '..', '..');
  const eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: config });
  const results = await eslint.lintFiles(['server/web/src/**/*.ts', 'tests/web/unit/*.ts', 'tests/web/e2e/*.ts']);
  console.log((await eslint.loadFormatter('stylish').then((formatter) => formatter.format(results))) || 'lint: nothing to say');
  return results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0);
}

/** Runs one kind of tests, two files at a time. */
async function test(kind) {
  const files = readdirSync(path.join(folder, kind)).filter((name) => name.endsWith('.test.ts') && (names.length === 0 || names.some((wanted) => name.startsWith(wanted))));
  if (files.length === 0) return;
  await bundle(kind, files);
  const report = path.join(built, `${kind}.tap`);
  node('--test', '--test-concurrency=2', '--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${report}`,
    ...files.map((name) => path.join(built, kind, name.replace(/ts$/, 'mjs'))));
  const tap = readFileSync(report, 'utf8');
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(tap)?.[1] ?? NaN);
  const found = { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped: count('skipped') };
  if (Object.values(found).some(Number.isNaN)) found.failed = 1;
  for (const name of Object.keys(counts)) counts[name] += found[name] || 0;
}

requirePackages(webFolder);
requirePackages(folder);
rmSync(built, { recursive: true, force: true });
mkdirSync(built, { recursive: true });
if (names.length === 0) {
  const types = [webFolder, folder].map(typeCheck);
  check('lint', await lint());
  check('types of the page', await types[0]);
  check('types of its tests', await types[1]);
}
await test('unit');
await test('e2e');
writeFileSync(result, JSON.stringify(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
