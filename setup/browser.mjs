// Finds the Chromium that the tests of the page drive; on Debian installs it.

import { existsSync } from 'node:fs';
import { install } from './python.mjs';

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Makes sure that there is one. Without one the tests that need it are skipped. */
export function requireBrowser() {
  if ([process.env.SEGBRIDGE_CHROMIUM, ...known].some((file) => file && existsSync(file))) return;
  if (!existsSync('/usr/bin/apt-get')) throw new Error('the tests of the page need Chromium; name it in SEGBRIDGE_CHROMIUM');
  install(['chromium'], 'the tests of the page');
}
