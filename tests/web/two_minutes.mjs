// node two_minutes.mjs [IMAGE LABEL]: follows the README's five sentences in a real browser, on the phantom or on a volume
// and its truth (NIfTI), and prints the time that each took and the Dice of the saved mask. People's own time comes on top.
// Screenshots are kept with those of the tests.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { requirePackages, webFolder } from '../../server/web/packages.mjs';
import { built, bundle, folder } from './bundle.mjs';

const [image, label] = process.argv.slice(2).map((file) => path.resolve(file));
if ((image === undefined) !== (label === undefined)) {
  console.error('two_minutes: give an image and its label, or neither for the phantom');
  process.exit(2);
}
process.chdir(folder);
requirePackages(webFolder);
requirePackages(folder);
mkdirSync(built, { recursive: true });
await bundle('e2e', ['browser.ts', 'twoMinutes.ts', 'places.ts']);
const load = (name) => import(pathToFileURL(path.join(built, 'e2e', `${name}.mjs`)).href);
const [{ launch }, { twoMinutes }, { NO_BROWSER, screenshots }] = await Promise.all(['browser', 'twoMinutes', 'places'].map(load));
if (NO_BROWSER) {
  console.error(`two_minutes: ${NO_BROWSER}`);
  process.exit(1);
}
const browser = await launch();
try {
  const walk = await twoMinutes(browser, image ? { image, label } : null, 4);
  for (const { text, milliseconds } of walk.sentences) console.log(`${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${text}`);
  const total = walk.sentences.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  console.log(`${(total / 1000).toFixed(1).padStart(6)} s  in all, with ${walk.corrections} corrections; Dice of the saved mask ${walk.dice.toFixed(3)}`);
  console.log(`screenshots: ${screenshots}`);
} finally {
  await browser.close();
}
