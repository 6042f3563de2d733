// A session on a scan. It outlives lost connections, time limits and restarts of the server: every call is made again once
// the server is back, after the session was brought back from its journal.

import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Axis, SizeSchema } from '@segbridge/contract/segbridge/v1/geometry_pb.js';
import { FileFormat } from '@segbridge/contract/segbridge/v1/export_pb.js';
import {
  HistoryReplySchema, PredictRequestSchema, type Candidates, type HistoryReply, type OpenSessionReply, type PropagateEvent, type PropagateRequestSchema,
  type Segment, type StepResult,
} from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import { Modality } from '@segbridge/contract/segbridge/v1/volumes_pb.js';
import type { Scan } from '../volume/scan.ts';
import { voxelTypeOf } from './bricks.ts';
import type { Connection } from './connection.ts';
import { isGone, isNotFound } from './errors.ts';
import { Uploader } from './uploader.ts';

const CLIENT = 'SegBridge page 0.1';
const MAX_WITHDRAWN = 100;
// Each slice is asked for by itself: thin bricks hold less of its neighbours.
const THIN_BRICKS = { i: 64, j: 64, k: 4 };

const FORMATS = { nifti: FileFormat.NIFTI, nrrd: FileFormat.NRRD, seg: FileFormat.DICOM_SEG } as const;

export type FileKind = keyof typeof FORMATS;

export interface StepEvents {
  onStage(stage: string, fraction: number): void;
  onCandidates(candidates: Candidates): void;
}

/** What became of the session while the page was not looking. */
export interface Revival {
  readonly segments: Segment[];
  /** What is lost, in words; empty when nothing is. */
  readonly lost: string;
}

export type PredictInit = Omit<MessageInitShape<typeof PredictRequestSchema>, 'sessionId' | '$typeName'>;
export type PropagateInit = Omit<MessageInitShape<typeof PropagateRequestSchema>, 'sessionId' | '$typeName'>;

export class VolumeSession {
  readonly scan: Scan;
  /** Called after the session was brought back, before the call that found it gone is made again. */
  onRevived: (revival: Revival) => Promise<void> = () => Promise.resolve();
  readonly uploader: Uploader;
  private readonly connection: Connection;
  private reply: OpenSessionReply;
  private reviving: Promise<void> | null = null;
  private timer = 0;
  private closed = false;
  private readonly withdrawn = new Map<string, string[]>();

  private constructor(connection: Connection, scan: Scan, reply: OpenSessionReply) {
    this.connection = connection;
    this.scan = scan;
    this.reply = reply;
    const brick = reply.brickSize ?? { i: 64, j: 64, k: 64 };
    this.uploader = new Uploader(connection.sessions, scan, [brick.i, brick.j, brick.k]);
    this.scheduleSignOfLife();
  }

  get id(): string {
    return this.reply.sessionId;
  }

  static async open(connection: Connection, scan: Scan, flat: boolean, modelId: string): Promise<VolumeSession> {
    const reply = await connection.persist(() => connection.sessions.openSession({ volume: volumeOf(scan, flat ? THIN_BRICKS : undefined), modelId, client: CLIENT }));
    return new VolumeSession(connection, scan, reply);
  }

  /** The session that an earlier page had on this scan; null when the server has neither it nor its journal. */
  static async resume(connection: Connection, scan: Scan, sessionId: string): Promise<{ session: VolumeSession; revival: Revival } | null> {
    try {
      const first = await connection.persist(() => connection.sessions.resumeSession({ sessionId }));
      const session = new VolumeSession(connection, scan, first.session!);
      return { session, revival: await session.bringBack() };
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  /** What opening the scan would need in the server, and whether it fits. */
  static estimate(connection: Connection, scan: Scan, modelId: string): Promise<{ fits: boolean; advice: string; volumeBytes: bigint; availableBytes: bigint }> {
    return connection.persist(() => connection.sessions.estimateMemory({ volume: volumeOf(scan), modelId }));
  }

  /** One step. The same request is sent again after a lost connection, and done once. */
  async predict(init: PredictInit, events: StepEvents, signal: AbortSignal): Promise<StepResult> {
    const segmentId = init.segmentId!;
    const named = (this.withdrawn.get(segmentId) ?? []).slice(-MAX_WITHDRAWN);
    const request = create(PredictRequestSchema, { requestId: newId(), returnCandidates: true, withdrawnRequestIds: named, ...init });
    try {
      const result = await this.call(() => this.uploader.during(async (failed) => {
        request.sessionId = this.id;
        let last: StepResult | null = null;
        for await (const { event } of this.connection.sessions.predict(request, { signal: AbortSignal.any([signal, failed]) })) {
          switch (event.case) {
            case 'queued': events.onStage(event.value.ahead > 0 ? `${event.value.ahead} ahead` : 'queued', 0); break;
            case 'needsBricks':
              events.onStage('sending the scan', 0);
              this.uploader.want(this.id, event.value.required, event.value.prefetch);
              break;
            case 'progress': events.onStage(event.value.stage, event.value.fraction); break;
            case 'candidates': events.onCandidates(event.value); break;
            case 'result': last = event.value; break;
          }
        }
        if (!last) throw new TypeError('the step ended without its result');
        return last;
      }), signal);
      this.withdrawn.set(segmentId, (this.withdrawn.get(segmentId) ?? []).filter((id) => !named.includes(id)));
      return result;
    } catch (error) {
      if (signal.aborted) this.withdrawn.set(segmentId, [...(this.withdrawn.get(segmentId) ?? []), request.requestId]);
      throw error;
    }
  }

  /** Fills slices from finished ones; ends by itself, or with the signal. What is done stays. */
  async propagate(init: PropagateInit, onEvent: (event: PropagateEvent['event']) => Promise<void>, signal: AbortSignal): Promise<void> {
    await this.call(() => this.uploader.during(async (failed) => {
      const stop = AbortSignal.any([signal, failed]);
      for await (const { event } of this.connection.sessions.propagate({ sessionId: this.id, ...init }, { signal: stop })) {
        if (event.case === 'needsBricks') this.uploader.want(this.id, event.value.required, event.value.prefetch);
        else await onEvent(event);
      }
    }), signal);
  }

  choose(segmentId: string, step: number, candidate: number): Promise<StepResult> {
    const requestId = newId();
    return this.call(() => this.connection.sessions.chooseCandidate({ sessionId: this.id, segmentId, step, candidate, requestId }));
  }

  undo(segmentId: string): Promise<HistoryReply> {
    return this.once(segmentId, (sessionId) => this.connection.sessions.undo({ sessionId, segmentId }));
  }

  redo(segmentId: string): Promise<HistoryReply> {
    return this.once(segmentId, (sessionId) => this.connection.sessions.redo({ sessionId, segmentId }));
  }

  goToStep(segmentId: string, step: number): Promise<HistoryReply> {
    return this.call(() => this.connection.sessions.goToStep({ sessionId: this.id, segmentId, step }));
  }

  accept(segmentId: string, axis: Axis, index: number, accepted: boolean): Promise<Segment> {
    return this.call(() => this.connection.sessions.accept({ sessionId: this.id, segmentId, slices: [{ axis, index }], accepted }));
  }

  putSegment(segment: MessageInitShape<typeof import('@segbridge/contract/segbridge/v1/sessions_pb.js').SegmentSchema>): Promise<Segment> {
    return this.call(() => this.connection.sessions.putSegment({ sessionId: this.id, segment }));
  }

  async removeSegment(segmentId: string): Promise<void> {
    await this.call(() => this.connection.sessions.removeSegment({ sessionId: this.id, segmentId })).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  async mask(segmentId: string): Promise<Awaited<ReturnType<Connection['sessions']['getMask']>>> {
    return this.call(() => this.connection.sessions.getMask({ sessionId: this.id, segmentId }));
  }

  async segments(): Promise<Segment[]> {
    return (await this.call(() => this.connection.sessions.listSegments({ sessionId: this.id }))).segments;
  }

  /** A file of all segments on the scan's grid; DICOM needs the headers of the scan's images. */
  export(kind: FileKind, sliceHeaders: Uint8Array[] = []): Promise<Blob> {
    const dicomSource = kind === 'seg' ? { sliceHeaders } : undefined;
    return this.call(async () => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of this.connection.exports.exportSegments({ sessionId: this.id, format: FORMATS[kind], dicomSource })) parts.push(chunk.data as Uint8Array<ArrayBuffer>);
      return new Blob(parts, { type: 'application/octet-stream' });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.connection.sessions.closeSession({ sessionId: this.id }).catch(() => undefined);
  }

  /** A call that may be made twice. */
  private call<T>(make: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.connection.persist(async () => {
      try {
        return await make();
      } catch (error) {
        if (!isGone(error) || signal?.aborted || this.closed) throw error;
        await this.revive();
        return make();
      }
    }, signal);
  }

  /** A call that must not be made twice: when the connection breaks, the segment's step tells whether the server did it. */
  private async once(segmentId: string, make: (sessionId: string) => Promise<HistoryReply>): Promise<HistoryReply> {
    const before = (await this.segments()).find((segment) => segment.id === segmentId);
    let tries = 0;
    return this.call(async () => {
      if (tries++ > 0) {
        const now = (await this.segments()).find((segment) => segment.id === segmentId);
        if (now && now.step !== before?.step) {
          await this.onRevived({ segments: [now], lost: '' });
          return create(HistoryReplySchema, { segment: now });
        }
      }
      return make(this.id);
    });
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

  private async bringBack(): Promise<Revival> {
    for (;;) {
      const reply = await this.connection.sessions.resumeSession({ sessionId: this.id });
      if (reply.session) this.reply = reply.session;
      if (reply.neededBricks.length === 0) return { segments: reply.segments, lost: reply.lost };
      await this.uploader.send(this.id, reply.neededBricks);
    }
  }

  private scheduleSignOfLife(): void {
    const seconds = Math.max(1, (this.reply.limits?.livenessTimeoutS || 300) / 3);
    this.timer = window.setTimeout(() => {
      // A session that expired is left alone until its user comes back: the next call revives it.
      void this.connection.persist(() => this.connection.sessions.keepAlive({ sessionId: this.id })).catch(() => undefined)
        .finally(() => !this.closed && this.scheduleSignOfLife());
    }, seconds * 1000);
  }
}

export const newId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

function volumeOf(scan: Scan, brickSize?: MessageInitShape<typeof SizeSchema>): NonNullable<Parameters<Connection['sessions']['openSession']>[0]['volume']> {
  const { size, spacing, origin, axes } = scan.grid;
  const ijk = ([i, j, k]: readonly number[]): { i: number; j: number; k: number } => ({ i, j, k });
  const lps = ([l, p, s]: readonly number[]): { l: number; p: number; s: number } => ({ l, p, s });
  return {
    geometry: { size: ijk(size), spacing: ijk(spacing), origin: lps(origin), iAxis: lps(axes[0]), jAxis: lps(axes[1]), kAxis: lps(axes[2]) },
    voxelType: voxelTypeOf(scan.voxels),
    rescaleSlope: scan.slope,
    rescaleIntercept: scan.intercept,
    modality: scan.isCt ? Modality.CT : Modality.UNSPECIFIED,
    displayWindow: { ...scan.window },
    ...(brickSize ? { brickSize } : {}),
  };
}
