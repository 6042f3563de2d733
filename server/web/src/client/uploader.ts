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
const BATCH_BRICKS = 64;

const vec = ({ i, j, k }: BrickIndex): Vec3 => [i, j, k];

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

  /** Bricks on their way or waiting to be. */
  onProgress: (waiting: number) => void = () => {};

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

  private sessionId = '';

  /** Queues what the server asks for; lists of optional bricks replace each other. */
  want(sessionId: string, required: BrickIndex[], prefetch: BrickIndex[]): void {
    const known = new Set(this.required.map(String));
    this.required.push(...required.map(vec).filter((index) => !known.has(String(index))));
    this.optional = prefetch.map(vec);
    this.wake(sessionId);
  }

  /** Sends bricks now. */
  async send(sessionId: string, indices: BrickIndex[]): Promise<void> {
    const waiting = indices.map(vec);
    while (waiting.length > 0) await this.sendBatch(sessionId, waiting);
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
        this.onProgress(this.required.length);
        if (this.required.length > 0) await this.sendBatch(sessionId, this.required);
        // A few at a time, so that a step that starts meanwhile need not wait for long.
        else if (this.optional.length > 0 && this.steps === 0) await this.sendBatch(sessionId, this.optional, 8);
        else return;
      }
    } catch (error) {
      this.required = [];
      this.optional = [];
      this.onProgress(0);
      for (const fail of this.failed) fail(error);
    }
  }

  private async sendBatch(sessionId: string, waiting: Vec3[], most = BATCH_BRICKS): Promise<void> {
    const bricks: Brick[] = [];
    for (let bytes = 0; waiting.length > 0 && bytes < BATCH_BYTES && bricks.length < most; ) {
      const brick = await brickOf(this.scan.voxels, this.scan.grid.size, this.brickSize, waiting.shift()!);
      bricks.push(brick);
      bytes += brick.data.length;
    }
    await this.sessions.putBricks({ sessionId, bricks });
  }
}
