// Sends the bricks that the server asks for, beside the call that waits for them: those required first, optional ones
// while nothing waits.

import type { Client } from '@connectrpc/connect';
import type { Brick, BrickIndex } from '@segbridge/contract/segbridge/v1/volumes_pb.js';
import type { Sessions } from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import type { Vec3 } from '../volume/grid.ts';
import type { Scan } from '../volume/scan.ts';
import { brickOf } from './bricks.ts';

// Small enough that the server stores early bricks while later ones are packed.
const BATCH_BYTES = 512 << 10;
const FIRST_BATCH_BYTES = 128 << 10;
const BATCH_BRICKS = 64;

const vec = ({ i, j, k }: BrickIndex): Vec3 => [i, j, k];

/** Bricks that a step waits for. */
export interface Upload {
  readonly bricks: number;
  /** Of them on their way, or waiting to be. */
  readonly waiting: number;
  /** 0 before the first have arrived. */
  readonly bytesPerSecond: number;
}

export class Uploader {
  private readonly sessions: Client<typeof Sessions>;
  private readonly scan: Scan;
  private readonly brickSize: Vec3;
  private required: Vec3[] = [];
  private optional: Vec3[] = [];
  private running: Promise<void> | null = null;
  /** Steps under way; while there are any, optional bricks wait. */
  private steps = 0;
  private failed: ((error: unknown) => void)[] = [];
  private sessionId = '';

  /** Called as required bricks go; null when none is left. */
  onProgress: (upload: Upload | null) => void = () => {};

  constructor(sessions: Client<typeof Sessions>, scan: Scan, brickSize: Vec3) {
    this.sessions = sessions;
    this.scan = scan;
    this.brickSize = brickSize;
  }

  /** Does a step's work; bricks that cannot be sent end it with the reason. */
  async during<T>(work: (abort: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    let reason: unknown = null;
    const fail = (error: unknown): void => {
      reason = error;
      abort.abort();
    };
    this.steps++;
    this.failed.push(fail);
    try {
      return await work(abort.signal);
    } catch (error) {
      throw reason ?? error;
    } finally {
      this.steps--;
      this.failed = this.failed.filter((other) => other !== fail);
      if (this.sessionId) this.wake(this.sessionId);
    }
  }

  /** Queues what the server asks for; lists of optional bricks replace each other. */
  want(sessionId: string, required: BrickIndex[], prefetch: BrickIndex[]): void {
    const known = new Set(this.required.map(String));
    this.required.push(...required.map(vec).filter((index) => !known.has(String(index))));
    this.optional = prefetch.map(vec);
    this.wake(sessionId);
  }

  /** Sends bricks now. */
  send(sessionId: string, indices: BrickIndex[]): Promise<void> {
    return this.sendAll(sessionId, indices.map(vec));
  }

  private wake(sessionId: string): void {
    this.sessionId = sessionId;
    this.running ??= this.run(sessionId).finally(() => {
      this.running = null;
    });
  }

  private async run(sessionId: string): Promise<void> {
    try {
      for (;;) {
        if (this.required.length > 0) await this.sendAll(sessionId, this.required);
        // A few at a time, so that a step that starts meanwhile need not wait for long.
        else if (this.optional.length > 0 && this.steps === 0) await this.sendBatch(sessionId, this.optional, BATCH_BYTES, 8);
        else return;
      }
    } catch (error) {
      this.required = [];
      this.optional = [];
      for (const fail of this.failed) fail(error);
    }
  }

  /** Sends all bricks of a list, which may grow meanwhile. */
  private async sendAll(sessionId: string, waiting: Vec3[]): Promise<void> {
    const start = performance.now();
    let [bricks, bytes] = [0, 0];
    try {
      while (waiting.length > 0) {
        const bytesPerSecond = (1000 * bytes) / Math.max(1, performance.now() - start);
        this.onProgress({ bricks: bricks + waiting.length, waiting: waiting.length, bytesPerSecond });
        // About a second each, so that progress shows on slow links too.
        const sent = await this.sendBatch(sessionId, waiting, Math.min(BATCH_BYTES, bytesPerSecond || FIRST_BATCH_BYTES));
        bricks += sent.bricks;
        bytes += sent.bytes;
      }
    } finally {
      this.onProgress(null);
    }
  }

  /** Sends the first of the bricks that wait: at least one, then until they are so many or so many bytes. */
  private async sendBatch(sessionId: string, waiting: Vec3[], mostBytes: number, most = BATCH_BRICKS): Promise<{ bricks: number; bytes: number }> {
    const bricks: Brick[] = [];
    let bytes = 0;
    do {
      const brick = await brickOf(this.scan.voxels, this.scan.grid.size, this.brickSize, waiting.shift()!);
      bricks.push(brick);
      bytes += brick.data.length;
    } while (waiting.length > 0 && bytes < mostBytes && bricks.length < most);
    await this.sessions.putBricks({ sessionId, bricks });
    return { bricks: bricks.length, bytes };
  }
}
