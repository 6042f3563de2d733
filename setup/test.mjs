// node setup/test.mjs [dotnet] [python] [slicer] [e2e] [web]: runs the suites (all by default) and ends with one line of totals.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installForTests, pythonForSlicerTests, pythonForTests } from './python.mjs';
import { readJUnit, readTrx } from './results.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const tests = path.join(root, 'tests');
const artifacts = process.env.ArtifactsPath || path.join(root, 'artifacts');
const results = path.join(artifacts, 'test-results');
const summary = [];

const hasPythonTests = (folder) =>
  existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => /(^|[\\/])test_[^\\/]*\.py$/.test(file));

/** Runs a program while others run. With aside, what it says comes when it has ended, so that it does not mix with theirs. */
function runBeside(program, args, aside, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: aside ? ['ignore', 'pipe', 'pipe'] : 'inherit', env: { ...process.env, ...env } });
    const said = [];
    for (const stream of aside ? [child.stdout, child.stderr] : []) stream.on('data', (data) => said.push(data));
    child.on('error', (error) => said.push(Buffer.from(`test: ${error.message}\n`)));
    child.on('close', (status) => {
      process.stdout.write(Buffer.concat(said));
      resolve(status ?? 1);
    });
  });
}

/** Adds a suite; one that did not run, or broke off, counts as a failure even when no single test failed. */
function report(suite, counts, trouble) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  const broke = counts === null || counts.broken || (trouble && failed === 0);
  summary.push({ suite, passed, failed: failed + (broke ? 1 : 0), skipped, note: broke ? `  (${trouble ?? 'did not finish'})` : '' });
}

/** Builds everything, and leaves the launcher's mark of a good build: else the first test that starts it would build again. */
function build() {
  const mark = path.join(artifacts, '.segbridge-built');
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(`${mark}.new`, '');
  const { status } = spawnSync('dotnet', ['build', path.join(root, 'SegBridge.sln'), '--configuration', 'Release', '--verbosity', 'quiet',
    '-clp:ErrorsOnly;NoSummary', '-nodeReuse:false'], { cwd: root, stdio: 'inherit', env: { ...process.env, DOTNET_TieredPGO: '0' } });
  if (status === 0) renameSync(`${mark}.new`, mark);
  return status === 0;
}

async function runDotnet(built, aside) {
  const projects = readdirSync(tests).filter((name) => existsSync(path.join(tests, name, `${name}.csproj`)));
  // One project after another: each uses all cores by itself.
  for (const project of projects) {
    const assembly = path.join(artifacts, 'bin', project, 'release', `${project}.dll`);
    if (!built || !existsSync(assembly)) {
      report(project, null, built ? 'not built: it is missing in SegBridge.sln' : 'the build failed');
      continue;
    }
    const trx = path.join(results, `${project}.trx`);
    const status = await runBeside('dotnet', ['test', assembly, '--logger', `trx;LogFileName=${project}.trx`, '--results-directory', results,
      '--blame-hang-timeout', '10m', '--blame-hang-dump-type', 'none'], aside);
    const counts = existsSync(trx) ? readTrx(readFileSync(trx, 'utf8')) : null;
    report(project, counts, status === 0 ? null : `dotnet test ended with ${status}`);
  }
}

/** Runs a folder of Python tests, or some of its files as a suite of their own name. */
async function runPytest(folder, aside, suite = folder, files = ['']) {
  const python = folder === 'slicer' ? withQt : plain;
  if (python === null) {
    report(suite, null, 'no Python has what it imports, see above');
    return;
  }
  const xml = path.join(results, `${suite}.xml`);
  const status = await runBeside(python,
    ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${xml}`, ...files.map((file) => path.join(tests, folder, file))],
    aside, { PYTHONDONTWRITEBYTECODE: '1', SEGBRIDGE_PYTHON: python });
  const counts = existsSync(xml) ? readJUnit(readFileSync(xml, 'utf8')) : null;
  report(suite, counts, status === 0 ? null : `pytest ended with ${status}`);
}

async function runWeb(aside) {
  const result = path.join(results, 'web.json');
  const status = await runBeside(process.execPath, [path.join(tests, 'web', 'suite.mjs'), result], aside);
  const counts = existsSync(result) ? { ...JSON.parse(readFileSync(result, 'utf8')), broken: false } : null;
  report('web', counts, status === 0 ? null : `suite.mjs ended with ${status}`);
}

const all = ['dotnet', 'python', 'slicer', 'e2e', 'web'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !all.includes(name));
if (unknown) {
  console.error(`test: there is no suite ${unknown}; the suites are ${all.join(', ')}`);
  process.exit(2);
}
const chosen = wanted.length > 0 ? wanted : all;

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const pythonSuites = ['python', 'slicer', 'e2e'].filter((suite) => chosen.includes(suite) && hasPythonTests(path.join(tests, suite)));

/** What the function returns; null when it throws, after saying why. */
function attempt(work) {
  try {
    return work();
  } catch (error) {
    console.error(`test: ${error.message}`);
    return null;
  }
}

// Before any suite runs: some .NET tests call Python as well, and Debian's packages are installed by one process at a time.
attempt(() => installForTests(chosen));
const plain = pythonSuites.some((suite) => suite !== 'slicer') ? attempt(pythonForTests) : null;
const withQt = pythonSuites.includes('slicer') ? attempt(pythonForSlicerTests) : null;

// Of the end-to-end tests some take as long as all others together, and what is timed runs alone.
const slow = ['test_dicom.py', 'test_memory.py', 'test_resume.py'];
const timed = ['test_bench.py'];
const others = readdirSync(path.join(tests, 'e2e')).filter((name) => /^test_.*\.py$/.test(name) && ![...timed, ...slow].includes(name));

const built = !chosen.includes('dotnet') || build();
// The longest first, and beside one that computes one that mostly waits.
const runs = [
  ['dotnet', (aside) => runDotnet(built, aside)],
  ['slicer', (aside) => runPytest('slicer', aside)],
  ['e2e', (aside) => runPytest('e2e', aside, 'e2e slow', slow)],
  ['web', runWeb],
  ['e2e', (aside) => runPytest('e2e', aside, 'e2e', others)],
  ['python', (aside) => runPytest('python', aside)],
].filter(([suite]) => pythonSuites.includes(suite) || (['dotnet', 'web'].includes(suite) && chosen.includes(suite)));

// Two at a time: while one waits for a server, a client or a window, the other computes. What the second says comes when it has ended.
await Promise.all([false, true].map(async (aside) => {
  for (let next = runs.shift(); next; next = runs.shift()) await next[1](aside);
}));
if (pythonSuites.includes('e2e')) await runPytest('e2e', false, 'e2e timed', timed);

console.log();
for (const { suite, passed, failed, skipped, note } of summary) {
  console.log(`${suite}: ${passed} passed, ${failed} failed, ${skipped} skipped${note}`);
}
const total = (name) => summary.reduce((sum, suite) => sum + suite[name], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
process.exitCode = total('failed') > 0 || total('passed') === 0 ? 1 : 0;
