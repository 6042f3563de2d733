import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch } from './browser.ts';
import { NO_BROWSER } from './places.ts';
import { twoMinutes } from './twoMinutes.ts';

test('The README’s five sentences lead from starting the server to a saved mask of the phantom’s tumour', { skip: NO_BROWSER }, async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const walk = await twoMinutes(browser, null, 2);
  t.diagnostic(`${walk.corrections} corrections, Dice ${walk.dice.toFixed(3)}`);
  assert.ok(walk.dice > 0.7, `Dice ${walk.dice}`);
});
