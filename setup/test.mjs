// node setup/test.mjs [dotnet] [python] [e2e]: runs the suites (all by default) and ends with one line of totals.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonForTests } from './python.mjs';
import { readJUnit, readTrx } from './results.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const tests = path.join(root, 'tests');
const results = path.join(process.env.ArtifactsPath || path.join(root, 'artifacts'), 'test-results');
const summary = [];

const hasPythonTests = (folder) =>
  existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => /(^|[\\/])test_[^\\/]*\.py$/.test(file));

function run(program, args, env = {}) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}

/** Adds a suite; one that did not run, or broke off, counts as a failure even when no single test failed. */
function report(suite, counts, trouble) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  const broke = counts === null || counts.broken || (trouble && failed === 0);
  summary.push({ suite, passed, failed: failed + (broke ? 1 : 0), skipped, note: broke ? `  (${trouble ?? 'did not finish'})` : '' });
}

function runDotnet() {
  const projects = readdirSync(tests).filter((name) => existsSync(path.join(tests, name, `${name}.csproj`)));
  const solution = path.join(root, 'SegBridge.sln');
  if (run('dotnet', ['build', solution, '--configuration', 'Release', '--verbosity', 'quiet', '-nodeReuse:false']) !== 0) {
    for (const project of projects) report(project, null, 'the build failed');
    return;
  }
  const reports = path.join(results, 'dotnet');
  const status = run('dotnet', ['test', solution, '--no-build', '--configuration', 'Release', '--verbosity', 'quiet',
    '--logger', 'trx', '--results-directory', reports, '-nodeReuse:false']);
  const files = existsSync(reports) ? readdirSync(reports).filter((name) => name.endsWith('.trx')) : [];
  const read = files.map((name) => readTrx(readFileSync(path.join(reports, name), 'utf8'))).filter(Boolean);
  const reported = projects.map((project) => [project, read.find((trx) => trx.project.toLowerCase() === project.toLowerCase()) ?? null]);
  for (const [project, counts] of reported) report(project, counts, counts === null ? 'did not run' : null);
  const explained = reported.some(([, counts]) => counts === null || counts.failed > 0 || counts.broken);
  if (status !== 0 && !explained) report('dotnet test', null, `ended with ${status}`);
}

function runPytest(suite, folder, python) {
  const xml = path.join(results, `${suite}.xml`);
  const status = run(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${xml}`, folder],
    { PYTHONDONTWRITEBYTECODE: '1', SEGBRIDGE_PYTHON: python });
  const counts = existsSync(xml) ? readJUnit(readFileSync(xml, 'utf8')) : null;
  report(suite, counts, status === 0 ? null : `pytest ended with ${status}`);
}

const all = ['dotnet', 'python', 'e2e'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !all.includes(name));
if (unknown) {
  console.error(`test: there is no suite ${unknown}; the suites are ${all.join(', ')}`);
  process.exit(2);
}
const chosen = wanted.length > 0 ? wanted : all;

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const pythonSuites = ['python', 'e2e'].filter((suite) => chosen.includes(suite) && hasPythonTests(path.join(tests, suite)));
let python = null;
let pythonTrouble = null;
// Before the .NET suites: some of their tests call Python as well.
if (pythonSuites.length > 0 || chosen.includes('dotnet')) {
  try {
    python = pythonForTests();
  } catch (error) {
    pythonTrouble = error.message;
    console.error(`test: ${error.message}`);
  }
}

if (chosen.includes('dotnet')) runDotnet();
for (const suite of pythonSuites) {
  if (python === null) report(suite, null, pythonTrouble);
  else runPytest(suite, path.join(tests, suite), python);
}

console.log();
for (const { suite, passed, failed, skipped, note } of summary) {
  console.log(`${suite}: ${passed} passed, ${failed} failed, ${skipped} skipped${note}`);
}
const total = (name) => summary.reduce((sum, suite) => sum + suite[name], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
process.exitCode = total('failed') > 0 || total('passed') === 0 ? 1 : 0;
