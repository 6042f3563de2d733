// Reads what test runners report: TRX of dotnet test, JUnit XML of pytest.

/** Attributes of the first element of this name, or null. */
function attributes(xml, element) {
  const tag = new RegExp(`<${element}\\b([^>]*)>`).exec(xml);
  if (tag === null) return null;
  return Object.fromEntries([...tag[1].matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

/** Counts of one TRX file; null when it is not a complete report. */
export function readTrx(xml) {
  const counters = attributes(xml, 'Counters');
  if (counters === null) return null;
  const count = (name) => Number(counters[name] ?? 0);
  const failed = count('failed') + count('error') + count('timeout') + count('aborted');
  // Skipped tests are in the total only: xunit's adapter reports them in no other counter.
  const skipped = count('total') - count('passed') - failed;
  const broken = attributes(xml, 'ResultSummary')?.outcome === 'Failed' && failed === 0;
  return { passed: count('passed'), failed, skipped, broken };
}

/** Counts of one JUnit XML file; null when it is not a complete report. */
export function readJUnit(xml) {
  const suite = attributes(xml, 'testsuite');
  if (suite === null) return null;
  const count = (name) => Number(suite[name] ?? 0);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped'), broken: false };
}
