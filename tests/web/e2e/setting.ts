// What a file of tests needs: one server, one browser, and a folder for files.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, type TestContext } from 'node:test';
import type { Browser, BrowserContext } from 'playwright-core';
import { FULL, Reader, launch, launchWithProfile, newContext } from './browser.ts';
import { NO_BROWSER } from './places.ts';
import { Server } from './server.ts';

export class Setting {
  readonly server = new Server();
  readonly folder = mkdtempSync(path.join(tmpdir(), 'segbridge-web-files-'));
  private browser: Browser | null = null;

  constructor() {
    before(async () => {
      if (!NO_BROWSER) [this.browser] = await Promise.all([launch(), this.server.start()]);
    });
    after(async () => {
      await this.browser?.close();
      await this.server.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** A person at the page of a server, until the test ends. */
  async reader(t: TestContext, { address = this.server.address, viewport = FULL } = {}): Promise<Reader> {
    return this.readerIn(t, await newContext(this.browser!, viewport), address);
  }

  /** The same in a browser that keeps what pages store, as people have it. */
  async readerWithProfile(t: TestContext): Promise<Reader> {
    return this.readerIn(t, await launchWithProfile(path.join(this.folder, 'profile')), this.server.address);
  }

  private async readerIn(t: TestContext, context: BrowserContext, address: string): Promise<Reader> {
    const reader = await Reader.at(context, address);
    t.after(() => reader.close());
    return reader;
  }

  /** Another server, until the test ends. */
  async another(t: TestContext, ...options: string[]): Promise<Server> {
    const server = new Server(...options);
    t.after(() => server.stop());
    return server.start();
  }
}
