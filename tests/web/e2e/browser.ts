// A person at the page, in a real browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { Vec3 } from '../../../server/web/src/volume/grid.ts';
import { readNifti } from '../../../server/web/src/volume/nifti.ts';
import { scanOf, type Scan } from '../../../server/web/src/volume/scan.ts';
import type { Workspace } from '../../../server/web/src/editing/workspace.ts';
import { chromium, screenshots } from './places.ts';

declare const segbridge: Workspace;

/** A name that leads to this computer and is not its own. */
export const FOREIGN_NAME = 'reading-room.example';

// WebGL without a graphics card.
const OPTIONS = [`--host-resolver-rules=MAP ${FOREIGN_NAME} 127.0.0.1`, '--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
const PATIENCE_MS = 90_000;

// Without a graphics card the processor would draw the page anew for each picture of an animation, as long as anything is waited for.
const CONTEXT = { acceptDownloads: true, ignoreHTTPSErrors: true, reducedMotion: 'reduce' } as const;

/** Of the window, in pixels. Without a graphics card the processor draws each of them: tests that keep no picture take the small one. */
export const FULL = { width: 1280, height: 720 };
export const SMALL = { width: 960, height: 540 };

export const launch = (): Promise<Browser> => playwright.launch({ executablePath: chromium!, args: OPTIONS });
/** Without a profile on disk: what a page keeps is gone with the context. */
export const newContext = (browser: Browser, viewport = FULL): Promise<BrowserContext> => browser.newContext({ ...CONTEXT, viewport });
/** A browser as people have it, with a profile on disk. */
export const launchWithProfile = (folder: string): Promise<BrowserContext> => playwright.launchPersistentContext(folder, { executablePath: chromium!, args: OPTIONS, viewport: FULL, ...CONTEXT });

export class Reader {
  readonly page: Page;
  /** Addresses asked for, and complaints of the browser. */
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  private readonly address: string;

  private constructor(page: Page, address: string) {
    this.page = page;
    this.address = address;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('websocket', (socket) => this.requests.push(socket.url()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    // A server that is away is what some tests are about.
    page.on('console', (message) => message.type() === 'error' && !/ERR_|Failed to load resource/.test(message.text()) && this.complaints.push(message.text()));
  }

  static async at(context: BrowserContext, address: string): Promise<Reader> {
    const reader = new Reader(await context.newPage(), address);
    await reader.page.goto(address);
    return reader;
  }

  /** Answers a call in the server's place, until the page is told otherwise. */
  async answer<T extends DescMessage>(call: string, schema: T, reply: MessageInitShape<T>): Promise<void> {
    const frame = (flags: number, bytes: Uint8Array): Buffer => {
      const head = Buffer.alloc(5);
      head[0] = flags;
      head.writeUInt32BE(bytes.length, 1);
      return Buffer.concat([head, bytes]);
    };
    const body = Buffer.concat([frame(0, toBinary(schema, create(schema, reply))), frame(0x80, Buffer.from('grpc-status: 0\r\n'))]);
    await this.page.route(`**/${call}`, (route) => route.fulfill({ headers: { 'content-type': 'application/grpc-web+proto' }, body }));
  }

  async shoot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }

  async openPhantom(): Promise<void> {
    await this.page.click('#open-phantom');
    await this.ready();
  }

  /** Waits for the scan and its session. */
  async ready(): Promise<void> {
    await this.page.waitForFunction(() => segbridge.session !== null && segbridge.segments.value.length > 0 && segbridge.activity.value === null);
  }

  /** Shows a voxel's slices and tells where it is in the large one, in pixels of the page. */
  async place(ijk: Vec3): Promise<[number, number]> {
    return this.page.evaluate(async (at) => {
      const { viewer } = segbridge;
      viewer.slices.moveTo(at);
      // Once it is drawn, places are known.
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const frame = viewer.canvas.getBoundingClientRect();
      const [x, y] = viewer.slices.pointOn(viewer.slices.inView()[0].tile, at)!;
      return [x + frame.left, y + frame.top] as [number, number];
    }, ijk);
  }

  async click(ijk: Vec3): Promise<void> {
    const [x, y] = await this.place(ijk);
    await this.page.mouse.click(x, y);
  }

  /** Draws through voxels of one slice. */
  async drag(...path: Vec3[]): Promise<void> {
    const places: [number, number][] = [];
    for (const ijk of path) places.push(await this.place(ijk));
    await this.page.mouse.move(...places[0]);
    await this.page.mouse.down();
    for (const place of places.slice(1)) await this.page.mouse.move(...place, { steps: 4 });
    await this.page.mouse.up();
  }

  /** What the server last said of the active segment. */
  async segment(): Promise<{ step: number; undo: number; redo: number; voxels: number; ml: number }> {
    return this.page.evaluate(() => {
      const info = segbridge.active?.info;
      return { step: info?.step ?? 0, undo: info?.undoSteps ?? 0, redo: info?.redoSteps ?? 0, voxels: Number(info?.voxelCount ?? 0), ml: info?.volumeMl ?? 0 };
    });
  }

  async atStep(step: number): Promise<void> {
    await this.page.waitForFunction((wanted) => segbridge.active?.step === wanted && segbridge.activity.value === null, step);
  }

  /** Whether the active segment holds voxels, as this page shows it. */
  async holds(voxels: readonly Vec3[]): Promise<boolean[]> {
    return this.page.evaluate((all) => all.map(([i, j, k]) => segbridge.active!.mask.holds(i, j, k)), voxels);
  }

  /** Drops a file or a folder of this computer on the page. */
  async drop(file: string): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    await session.send('Input.dispatchDragEvent', { type: 'dragEnter', x: 600, y: 300, data });
    await session.send('Input.dispatchDragEvent', { type: 'dragOver', x: 600, y: 300, data });
    await this.page.waitForSelector('.dropping');
    await session.send('Input.dispatchDragEvent', { type: 'drop', x: 600, y: 300, data });
    await session.detach();
  }

  /** Voxels of the active segment as this page shows them. */
  async shownVoxels(): Promise<number> {
    return this.page.evaluate(() => {
      let count = 0;
      for (let byte of segbridge.active!.mask.rows) for (; byte; byte &= byte - 1) count++;
      return count;
    });
  }

  /** The mask of the active segment as this page shows it, on the grid of a scan. */
  async shownMask({ grid }: Scan): Promise<Scan> {
    const rows = await this.page.evaluate(() => [...segbridge.active!.mask.rows]);
    const [ni, nj, nk] = grid.size;
    const voxels = Uint8Array.from({ length: ni * nj * nk }, (_, n) => (rows[Math.floor(n / ni) * Math.ceil(ni / 8) + ((n % ni) >> 3)] >> (n % ni & 7)) & 1);
    return scanOf('mask', grid, voxels);
  }

  async save(button: '#save-nifti' | '#save-nrrd' | '#save-seg'): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.page.click(button)]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  async sample(name: string): Promise<Scan> {
    return readNifti(gunzipSync(Buffer.from(await (await fetch(`${this.address}/samples/${name}`)).arrayBuffer())), name);
  }

  /** Nothing left the server that served the page, and the browser had no complaint. */
  assertWellBehaved(): void {
    const foreign = this.requests.filter((url) => !url.startsWith(`${this.address}/`) && !url.startsWith('data:') && !url.startsWith(`blob:${this.address}/`));
    assert.deepEqual(foreign, []);
    assert.deepEqual(this.complaints, []);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** A NIfTI file, compressed. */
export const nifti = (bytes: Buffer): Scan => readNifti(gunzipSync(bytes), 'scan.nii.gz');

/** 2 |A and B| / (|A| + |B|) of what is not 0. */
export function dice(one: Scan, two: Scan): number {
  let [both, sum] = [0, 0];
  for (let n = 0; n < one.voxels.length; n++) {
    const [a, b] = [one.voxels[n] !== 0, two.voxels[n] !== 0];
    both += Number(a && b);
    sum += Number(a) + Number(b);
  }
  return sum === 0 ? 1 : (2 * both) / sum;
}

/** The middle of what is not 0, on the slice across k with most of it; how far it reaches there, and how many slices to each side. */
export function target(truth: Scan): { centre: Vec3; lower: Vec3; upper: Vec3; reach: number } {
  const [ni, nj, nk] = truth.grid.size;
  const areas = new Array<number>(nk).fill(0);
  truth.voxels.forEach((value, n) => {
    if (value !== 0) areas[Math.floor(n / (ni * nj))]++;
  });
  const k = areas.indexOf(Math.max(...areas));
  const [lower, upper, sum]: number[][] = [[ni, nj], [0, 0], [0, 0]];
  for (let j = 0; j < nj; j++) {
    for (let i = 0; i < ni; i++) {
      if (truth.voxels[(k * nj + j) * ni + i] === 0) continue;
      [i, j].forEach((value, axis) => {
        lower[axis] = Math.min(lower[axis], value);
        upper[axis] = Math.max(upper[axis], value);
        sum[axis] += value;
      });
    }
  }
  const at = (pair: number[]): Vec3 => [pair[0], pair[1], k];
  return { centre: at(sum.map((value) => Math.round(value / areas[k]))), lower: at(lower), upper: at(upper), reach: Math.max(k - areas.findIndex((area) => area > 0), areas.findLastIndex((area) => area > 0) - k) };
}

/** Both ends of the longest row of voxels that the mask misses: what a person would scribble next. */
export function missed(mask: Scan, truth: Scan): [Vec3, Vec3] {
  const [ni, nj] = truth.grid.size;
  let [longest, end, run] = [0, 0, 0];
  truth.voxels.forEach((value, n) => {
    run = value !== 0 && mask.voxels[n] === 0 ? (n % ni === 0 ? 1 : run + 1) : 0;
    if (run > longest) [longest, end] = [run, n];
  });
  const at = (n: number): Vec3 => [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))];
  return [at(end - longest + 2), at(end - 1)];
}
