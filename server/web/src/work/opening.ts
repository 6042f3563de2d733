// From a file to a session on it: a new one, or the one that this tab had before it was reloaded.

import { MaskPromptSchema, PromptSchema } from '@segbridge/contract/segbridge/v1/prompts_pb.js';
import { create } from '@bufbuild/protobuf';
import { ModelState } from '@segbridge/contract/segbridge/v1/models_pb.js';
import { crc32 } from '../client/bricks.ts';
import { pause } from '../client/connection.ts';
import { wordsOf } from '../client/errors.ts';
import { encodeMask } from '../client/masks.ts';
import { VolumeSession, type Revival } from '../client/session.ts';
import { bytesText } from '../panel/dom.ts';
import { openFiles, openSample } from '../volume/open.ts';
import { ScanError, type Scan } from '../volume/scan.ts';
import { forget, recall, remember, type Source } from './memory.ts';
import { SegmentWork, PALETTE } from './segment.ts';
import { addSegment } from './segments.ts';
import type { Stepping } from './stepping.ts';
import type { Work } from './work.ts';

const MODEL_POLL_MS = 700;
const PRINT_BYTES = 4 << 20;

export class Opening {
  private readonly work: Work;
  private readonly stepping: Stepping;
  private turns = 0;

  constructor(work: Work, stepping: Stepping) {
    this.work = work;
    this.stepping = stepping;
  }

  sample(name: string): Promise<boolean> {
    return this.open({ kind: 'sample', name }, () => openSample(name));
  }

  /** @param name Of the file, or of the folder that holds the files. */
  files(files: readonly File[], name: string): Promise<boolean> {
    return this.open({ kind: 'file', name }, () => openFiles(files, name));
  }

  /** The server's models, once they are loaded. */
  async loadModels(): Promise<void> {
    const { work } = this;
    for (;;) {
      const { models } = await work.connection.persist(() => work.connection.models.listModels({}));
      work.models.set(models.filter((model) => model.state === ModelState.READY));
      const loading = models.filter((model) => model.state === ModelState.LOADING);
      if (loading.length === 0 || work.models.value.length > 0) break;
      work.activity.set({ what: `the server loads ${loading.map((model) => model.id).join(', ')}`, fraction: null, cancel: null });
      await pause(MODEL_POLL_MS);
    }
    work.activity.set(null);
    if (work.models.value.length === 0) work.say('The server has no model that is ready. Its operator sees why by "segbridge models list".', 'error');
  }

  /** Calls back at once or, where masks are not saved, when the user says so. */
  whenSaved(go: () => void): void {
    const { work } = this;
    if (work.isSaved) go();
    else work.say('The masks of this scan are not saved.', 'warning', { label: 'Leave them', run: go });
  }

  private open(source: Source, read: () => Promise<Scan>): Promise<boolean> {
    return new Promise((done) => this.whenSaved(() => done(this.openNow(source, read))));
  }

  private async openNow(source: Source, read: () => Promise<Scan>): Promise<boolean> {
    const { work } = this;
    const turn = ++this.turns;
    work.activity.set({ what: `reading ${source.name}`, fraction: null, cancel: null });
    work.notice.set(null);
    try {
      const scan = await read();
      // Another file was opened meanwhile.
      if (turn !== this.turns) return false;
      work.viewer.requireFit(scan);
      if (work.session) void work.session.close();
      work.session = null;
      work.segments.set([]);
      await work.viewer.show(scan);
      work.window.set(scan.window);
      work.scan.set(scan);
      work.activity.set({ what: 'opening the session', fraction: null, cancel: null });
      await this.loadModels();
      if (turn !== this.turns) return false;
      this.chooseModel(scan);
      await this.start(scan, source);
      return true;
    } catch (error) {
      if (turn !== this.turns) return false;
      const again = { label: 'Try again', run: (): void => void this.openNow(source, read) };
      work.say(wordsOf(error), 'error', error instanceof ScanError ? undefined : again);
      return false;
    } finally {
      if (turn === this.turns) work.activity.set(null);
    }
  }

  /** A volume is served best by a 3D model, a single slice by a 2D one. */
  private chooseModel(scan: Scan): void {
    const { work } = this;
    const dimension = Math.min(...scan.grid.size) > 1 ? 3 : 2;
    const remembered = recall()?.modelId;
    const ready = work.models.value;
    const chosen = ready.find((model) => model.id === remembered) ?? ready.find((model) => model.dimension === dimension) ?? ready[0];
    work.modelId.set(chosen?.id ?? '');
  }

  private async start(scan: Scan, source: Source): Promise<void> {
    const { work } = this;
    const fingerprint = fingerprintOf(scan);
    const before = recall();
    const resumed = before?.fingerprint === fingerprint ? await this.resume(scan, before.sessionId) : null;
    let session = resumed?.session;
    if (!session) {
      const estimate = await VolumeSession.estimate(work.connection, scan, work.modelId.value);
      if (!estimate.fits) {
        const [needed, free] = [estimate.volumeBytes, estimate.availableBytes].map((bytes) => bytesText(Number(bytes)));
        work.say(`The whole scan (${needed}) does not fit into the server’s free memory (${free}). Only the parts around your prompts are sent: go on, and crop the scan if the server refuses them.`, 'warning');
      }
      session = await VolumeSession.open(work.connection, scan, work.model?.dimension === 2, work.modelId.value);
    }
    work.session = session;
    session.onRevived = (revival): Promise<void> => this.revived(revival);
    session.uploader.onProgress = (upload): void => work.upload.set(upload);
    remember({ sessionId: session.id, fingerprint, source, modelId: work.modelId.value });
    if (resumed) {
      await this.revived(resumed.revival);
      work.say(resumed.revival.lost || 'Your session is back, with its masks and history.', resumed.revival.lost ? 'warning' : 'info');
    }
    if (work.segments.value.length === 0) await addSegment(work);
    work.activeId.set(work.segments.value[0].id);
    if (!resumed) this.teach();
    work.paintAll();
    work.changed();
  }

  /** How to begin: in 3D a box says how large the object is. */
  private teach(): void {
    const { work } = this;
    const volume = work.model?.dimension === 3;
    work.tool.set(volume ? 'box' : 'scribble');
    if (work.scan.value?.remark) work.say(work.scan.value.remark, 'warning');
    else if (work.notice.value === null) work.say(volume ? 'Draw a box around the object; then correct with points (P) and scribbles (S).' : 'Scribble on the object; then correct, with X for what does not belong to it.');
  }

  private async resume(scan: Scan, sessionId: string): ReturnType<typeof VolumeSession.resume> {
    const { work } = this;
    work.activity.set({ what: 'bringing your session back', fraction: null, cancel: null });
    const resumed = await VolumeSession.resume(work.connection, scan, sessionId);
    if (!resumed) forget();
    return resumed;
  }

  /** The server has the session again: takes over what it has, or gives it what only this page has. */
  private async revived({ segments, lost }: Revival): Promise<void> {
    const { work, stepping } = this;
    const size = work.scan.value!.grid.size;
    for (const info of segments) {
      let segment = work.segments.value.find((known) => known.id === info.id);
      if (!segment) {
        const n = work.segments.value.length;
        segment = new SegmentWork(info.id, info.name || `Segment ${info.id}`, info.color || PALETTE[n % PALETTE.length], size);
        work.segments.set([...work.segments.value, segment]);
      }
      segment.info = info;
      await stepping.refresh(segment);
    }
    if (lost && segments.length === 0) await this.restore();
    if (lost) work.say(lost, 'warning');
  }

  /** Puts this page's masks into a session that starts anew. */
  private async restore(): Promise<void> {
    const { work } = this;
    const memory = recall();
    if (memory) remember({ ...memory, sessionId: work.session!.id });
    const model = work.models.value.find((known) => known.dimension === 3);
    for (const segment of work.segments.value) {
      segment.forgetFrom(0);
      segment.newest = 0;
      const box = segment.info?.boundingBox;
      segment.info = await work.session!.putSegment({ id: segment.id, name: segment.name, color: segment.color });
      if (!box?.lower || !box.upper || box.upper.i <= box.lower.i || !model) continue;
      const mask = await encodeMask(segment.mask.cut({ lower: [box.lower.i, box.lower.j, box.lower.k], upper: [box.upper.i, box.upper.j, box.upper.k] }));
      const prompt = create(PromptSchema, { kind: { case: 'mask', value: create(MaskPromptSchema, { mask }) } });
      const result = await work.session!.predict({ segmentId: segment.id, modelId: model.id, prompts: [prompt] },
        { onStage: () => undefined, onCandidates: () => undefined }, new AbortController().signal);
      await this.stepping.take(segment, result, 'mask kept by this page', null);
    }
  }
}

/** Tells whether a file is the one that a session was on, without keeping anything of it. */
function fingerprintOf({ grid, voxels }: Scan): string {
  const bytes = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
  const step = Math.max(1, Math.ceil(bytes.length / PRINT_BYTES));
  const some = step === 1 ? bytes : Uint8Array.from({ length: Math.floor(bytes.length / step) }, (_, n) => bytes[n * step]);
  return `${grid.size.join('x')}/${grid.spacing.map((value) => value.toFixed(4)).join('x')}/${crc32(some).toString(16)}`;
}
