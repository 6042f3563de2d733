// A session on a scan: what can be asked of the server about it. It outlives lost connections, time limits and restarts of
// the server, see lifeline.ts.

import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Axis } from '@segbridge/contract/segbridge/v1/geometry_pb.js';
import { FileFormat } from '@segbridge/contract/segbridge/v1/export_pb.js';
import {
  HistoryReplySchema, PredictRequestSchema, type Candidates, type EstimateMemoryReply, type GetMaskReply, type HistoryReply, type OpenSessionReply,
  type PropagateEvent, type PropagateRequestSchema, type Segment, type SegmentSchema, type StepResult,
} from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import type { Scan } from '../volume/scan.ts';
import type { Connection } from './connection.ts';
import { isNotFound } from './errors.ts';
import { CLIENT, Lifeline, type Revival } from './lifeline.ts';
import type { Uploader } from './uploader.ts';
import { volumeOf } from './volumeMessage.ts';

const MAX_WITHDRAWN = 100;
// Each slice is asked for by itself: thin bricks hold less of its neighbours.
const THIN_BRICKS = { i: 64, j: 64, k: 4 };

const FORMATS = { nifti: FileFormat.NIFTI, nrrd: FileFormat.NRRD, seg: FileFormat.DICOM_SEG } as const;

export type FileKind = keyof typeof FORMATS;

export interface StepEvents {
  onStage(stage: string, fraction: number): void;
  onCandidates(candidates: Candidates): void;
}

export type PredictInit = Omit<MessageInitShape<typeof PredictRequestSchema>, 'sessionId' | '$typeName'>;
export type PropagateInit = Omit<MessageInitShape<typeof PropagateRequestSchema>, 'sessionId' | '$typeName'>;

export class VolumeSession {
  readonly scan: Scan;
  private readonly connection: Connection;
  private readonly lifeline: Lifeline;
  private readonly withdrawn = new Map<string, string[]>();

  private constructor(connection: Connection, scan: Scan, reply: OpenSessionReply) {
    this.connection = connection;
    this.scan = scan;
    this.lifeline = new Lifeline(connection, scan, reply);
  }

  get id(): string {
    return this.lifeline.id;
  }

  get uploader(): Uploader {
    return this.lifeline.uploader;
  }

  /** Called after the session was brought back, before the call that found it gone is made again. */
  set onRevived(call: (revival: Revival) => Promise<void>) {
    this.lifeline.onRevived = call;
  }

  /** @param signal Ends the wait for a server that is away, or for a key. */
  static async open(connection: Connection, scan: Scan, flat: boolean, modelId: string, signal: AbortSignal): Promise<VolumeSession> {
    const volume = volumeOf(scan, flat ? THIN_BRICKS : undefined);
    const reply = await connection.persist(() => connection.sessions.openSession({ volume, modelId, client: CLIENT }), signal);
    return new VolumeSession(connection, scan, reply);
  }

  /** The session that an earlier page had on this scan; null when the server has neither it nor its journal. */
  static async resume(connection: Connection, scan: Scan, sessionId: string, signal: AbortSignal): Promise<{ session: VolumeSession; revival: Revival } | null> {
    let session: VolumeSession | null = null;
    try {
      const first = await connection.persist(() => connection.sessions.resumeSession({ sessionId }), signal);
      session = new VolumeSession(connection, scan, first.session!);
      return { session, revival: await session.lifeline.bringBack() };
    } catch (error) {
      session?.leave();
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  /** What opening the scan would need in the server, and whether it fits. */
  static estimate(connection: Connection, scan: Scan, modelId: string, signal: AbortSignal): Promise<EstimateMemoryReply> {
    return connection.persist(() => connection.sessions.estimateMemory({ volume: volumeOf(scan), modelId }), signal);
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

  putSegment(segment: MessageInitShape<typeof SegmentSchema>): Promise<Segment> {
    return this.call(() => this.connection.sessions.putSegment({ sessionId: this.id, segment }));
  }

  async removeSegment(segmentId: string): Promise<void> {
    await this.call(() => this.connection.sessions.removeSegment({ sessionId: this.id, segmentId })).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  mask(segmentId: string): Promise<GetMaskReply> {
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

  /** Leaves it to the server, where a reload finds it until it expires. */
  leave(): void {
    this.lifeline.release();
  }

  async close(): Promise<void> {
    this.leave();
    await this.connection.sessions.closeSession({ sessionId: this.id }).catch(() => undefined);
  }

  private call<T>(make: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.lifeline.call(make, signal);
  }

  /** A call that must not be made twice: when the connection breaks, the segment's step tells whether the server did it. */
  private async once(segmentId: string, make: (sessionId: string) => Promise<HistoryReply>): Promise<HistoryReply> {
    const before = (await this.segments()).find((segment) => segment.id === segmentId);
    let tries = 0;
    return this.call(async () => {
      if (tries++ > 0) {
        const now = (await this.segments()).find((segment) => segment.id === segmentId);
        if (now && now.step !== before?.step) {
          await this.lifeline.onRevived({ segments: [now], lost: '' });
          return create(HistoryReplySchema, { segment: now });
        }
      }
      return make(this.id);
    });
  }
}

export const newId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
