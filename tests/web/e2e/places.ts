// Folders. Tests run from tests/web.

import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(process.cwd(), '..', '..');
export const data = process.env['SEGBRIDGE_TEST_DATA'] ?? path.join(root, '..', 'shared', 'data');
export const screenshots = path.join(process.env['ArtifactsPath'] ?? path.join(root, 'artifacts'), 'web-screenshots');
mkdirSync(screenshots, { recursive: true });

const BROWSERS = [process.env['SEGBRIDGE_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const chromium = BROWSERS.find((file) => file !== undefined && existsSync(file)) ?? null;
export const NO_BROWSER = chromium ? false : 'no Chromium is installed; SEGBRIDGE_CHROMIUM names one';
