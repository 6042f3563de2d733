import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { ListModelsReplySchema, ModelState } from '@segbridge/contract/segbridge/v1/models_pb.js';
import type { Workspace } from '../../../server/web/src/editing/workspace.ts';
import { FOREIGN_NAME, SMALL, target } from './browser.ts';
import { NO_BROWSER } from './places.ts';
import { addKey } from './server.ts';
import { Setting } from './setting.ts';

declare const segbridge: Workspace;

const setting = new Setting();

test('Over TLS, a server with keys asks for one, keeps it for the tab, and the work goes on', { skip: NO_BROWSER }, async (t) => {
  const keyFile = path.join(setting.folder, 'keys.txt');
  const key = addKey(keyFile);
  const guarded = await setting.another(t, '--key-file', keyFile, '--tls', 'self-signed');
  assert.match(guarded.address, /^https:/);
  const reader = await setting.reader(t, { address: guarded.address });
  const { page } = reader;
  await page.click('#open-phantom');
  await page.waitForSelector('.banner[data-link=key]:not([hidden])');
  await reader.shoot('14-key');
  await page.fill('#key', 'wrong');
  await page.press('#key', 'Enter');
  await page.waitForSelector('.banner:has-text("does not take this key")');
  await page.fill('#key', key);
  await page.press('#key', 'Enter');
  await reader.ready();
  await page.reload();
  await reader.ready();
  assert.equal(await page.isVisible('.banner'), false);
  assert.ok(!(await page.content()).includes(key));
  reader.assertWellBehaved();
});

test('A server that forgot the session gets the masks back from the page', { skip: NO_BROWSER }, async (t) => {
  const forgetful = await setting.another(t, '--no-journal');
  const reader = await setting.reader(t, { address: forgetful.address });
  const { page } = reader;
  await reader.openPhantom();
  const { lower, upper, centre } = target(await reader.sample('phantom-truth.nii.gz'));
  await reader.drag(lower, upper);
  await reader.atStep(1);
  const { voxels } = await reader.segment();
  await forgetful.kill();
  await forgetful.start();
  await page.keyboard.press('p');
  await reader.click(centre);
  await page.waitForFunction(() => segbridge.activity.value === null && (segbridge.active?.step ?? 0) >= 2);
  await reader.shoot('15-forgotten');
  assert.match((await page.textContent('.notice'))!, /masks are back/);
  assert.ok((await reader.segment()).voxels > voxels / 4);
  reader.assertWellBehaved();
});

test('Over a slow link the page says how far the scan is, and a prompt drawn meanwhile counts', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t);
  const { page } = reader;
  await reader.openPhantom();
  const { lower, upper, centre } = target(await reader.sample('phantom-truth.nii.gz'));
  const link = await page.context().newCDPSession(page);
  await link.send('Network.enable');
  await link.send('Network.emulateNetworkConditions', { offline: false, latency: 50, downloadThroughput: 200_000, uploadThroughput: 100_000 });
  await reader.drag(lower, upper);
  await page.waitForFunction(() => /sending the scan: brick \d+ of \d+, .* \(a slow link\)/.test(document.querySelector('.activity')!.textContent));
  await reader.shoot('24-slow-link');
  const progress = Number(await page.getAttribute('.status progress', 'value'));
  assert.ok(progress > 0 && progress < 1, `${progress} of the bricks`);
  await page.keyboard.press('p');
  await reader.click(centre);
  await page.waitForFunction(() => segbridge.activity.value === null && segbridge.active!.prompts.length === 2 && segbridge.active!.prompts.every((prompt) => prompt.step !== null));
  assert.ok((await reader.segment()).voxels > 1000);
  assert.deepEqual(await reader.holds([centre]), [true]);
  reader.assertWellBehaved();
});

test('Opened by a name that is not the server’s own, the page says how its operator can allow it', { skip: NO_BROWSER }, async (t) => {
  const foreign = new URL(setting.server.address);
  foreign.hostname = FOREIGN_NAME;
  const { page } = await setting.reader(t, { address: foreign.origin, viewport: SMALL });
  await page.click('#open-phantom');
  await page.waitForSelector('.notice[data-kind=error]');
  assert.ok((await page.textContent('.notice'))!.includes(`--allow-origin ${foreign.origin}`));
});

test('While the server loads its models, the page waits and says so', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t);
  const { page } = reader;
  await reader.answer('ListModels', ListModelsReplySchema, { models: [{ id: 'tumour-3d', state: ModelState.LOADING }] });
  await page.click('#open-phantom');
  await page.waitForSelector('.activity:has-text("the server loads tumour-3d")');
  await reader.shoot('25-model-loading');
  await page.unroute('**/ListModels');
  await reader.ready();
  reader.assertWellBehaved();
});
