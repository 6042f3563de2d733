// What keeps a session alive and, when the server no longer has it, brings it back: from its journal, or anew.

import type { OpenSessionReply, Segment } from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import type { Scan } from '../volume/scan.ts';
import type { Connection } from './connection.ts';
import { isGone, isNotFound } from './errors.ts';
import { Uploader } from './uploader.ts';
import { volumeOf } from './volumeMessage.ts';

const DEFAULT_LIVENESS_S = 300;

/** How this page names itself to the server. */
export const CLIENT = 'SegBridge page 0.1';

/** What became of the session while the page was not looking. */
export interface Revival {
  readonly segments: Segment[];
  /** What is lost, in words; empty when nothing is. */
  readonly lost: string;
}

export class Lifeline {
  readonly uploader: Uploader;
  /** Called after the session was brought back, before the call that found it gone is made again. */
  onRevived: (revival: Revival) => Promise<void> = () => Promise.resolve();
  private readonly connection: Connection;
  private readonly scan: Scan;
  private reply: OpenSessionReply;
  private reviving: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private released = false;

  /** @param reply What the server said when it opened the session, or resumed it. */
  constructor(connection: Connection, scan: Scan, reply: OpenSessionReply) {
    this.connection = connection;
    this.scan = scan;
    this.reply = reply;
    const brick = reply.brickSize ?? { i: 64, j: 64, k: 64 };
    this.uploader = new Uploader(connection.sessions, scan, [brick.i, brick.j, brick.k]);
    this.scheduleSign();
  }

  get id(): string {
    return this.reply.sessionId;
  }

  /** Makes a call that may be made twice: again after a lost connection, and after the session was brought back. */
  call<T>(make: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.connection.persist(async () => {
      try {
        return await make();
      } catch (error) {
        if (!isGone(error) || signal?.aborted || this.released) throw error;
        await this.revive();
        return make();
      }
    }, signal);
  }

  /** Sends what the server needs until it has the session whole. */
  async bringBack(): Promise<Revival> {
    for (;;) {
      const reply = await this.connection.sessions.resumeSession({ sessionId: this.id });
      if (reply.session) this.reply = reply.session;
      if (reply.neededBricks.length === 0) return { segments: reply.segments, lost: reply.lost };
      await this.uploader.send(this.id, reply.neededBricks);
    }
  }

  /** Leaves the session to itself: no signs of life, no revival. */
  release(): void {
    this.released = true;
    clearTimeout(this.timer);
  }

  private revive(): Promise<void> {
    this.reviving ??= (async () => {
      let revival: Revival;
      try {
        revival = await this.bringBack();
      } catch (error) {
        if (!isNotFound(error)) throw error;
        // No journal: a new session, which gets the masks that are kept here.
        this.reply = await this.connection.sessions.openSession({ volume: volumeOf(this.scan, this.reply.brickSize), client: CLIENT });
        revival = { segments: [], lost: 'The server had no journal of this session: the masks are back, their history is not.' };
      }
      // What brings the masks back may find the session gone once more.
      this.reviving = null;
      await this.onRevived(revival);
    })().finally(() => {
      this.reviving = null;
    });
    return this.reviving;
  }

  private scheduleSign(): void {
    const seconds = Math.max(1, (this.reply.limits?.livenessTimeoutS || DEFAULT_LIVENESS_S) / 3);
    this.timer = setTimeout(() => {
      // A session that expired is left alone until its user comes back: the next call revives it.
      void this.connection.persist(() => this.connection.sessions.keepAlive({ sessionId: this.id })).catch(() => undefined)
        .finally(() => !this.released && this.scheduleSign());
    }, seconds * 1000);
  }
}
