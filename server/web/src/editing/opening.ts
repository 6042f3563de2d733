// From a file to a session on it: a new one, or the one that this tab had before it was reloaded.

import { wordsOf } from '../client/errors.ts';
import { VolumeSession } from '../client/session.ts';
import { bytesText } from '../panel/dom.ts';
import { fingerprintOf } from '../volume/fingerprint.ts';
import { ScanError, type Scan } from '../volume/scan.ts';
import { forget, recall, remember, type Source } from './memory.ts';
import { chooseModel, loadModels } from './models.ts';
import { takeOver } from './reviving.ts';
import { addSegment } from './segments.ts';
import type { Stepping } from './stepping.ts';
import type { Workspace } from './workspace.ts';

export class Opening {
  private readonly work: Workspace;
  private readonly stepping: Stepping;
  /** Ends the opening under way: only the newest counts. */
  private newest = new AbortController();

  constructor(work: Workspace, stepping: Stepping) {
    this.work = work;
    this.stepping = stepping;
  }

  /** Answers whether the scan is open in the end: it cannot be read, or another was opened meanwhile. */
  open(source: Source, read: () => Promise<Scan>): Promise<boolean> {
    return new Promise((done) => this.whenSaved(() => done(this.openNow(source, read))));
  }

  /** Calls back at once or, where masks are not saved, when the user says so. */
  whenSaved(go: () => void): void {
    const { work } = this;
    if (work.isSaved) go();
    else work.say('The masks of this scan are not saved.', 'warning', { label: 'Leave them', run: go });
  }

  private async openNow(source: Source, read: () => Promise<Scan>): Promise<boolean> {
    const { work } = this;
    this.newest.abort();
    const { signal } = (this.newest = new AbortController());
    work.activity.set({ what: `reading ${source.name}`, fraction: null, cancel: null });
    work.notice.set(null);
    try {
      const scan = await read();
      signal.throwIfAborted();
      work.viewer.requireFit(scan);
      const show = await work.viewer.prepare(scan);
      signal.throwIfAborted();
      this.leaveSession();
      show();
      work.window.set(scan.window);
      work.scan.set(scan);
      await this.start(scan, source, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const again = { label: 'Try again', run: (): void => void this.openNow(source, read) };
      work.say(wordsOf(error), 'error', error instanceof ScanError ? undefined : again);
      return false;
    } finally {
      if (!signal.aborted) work.activity.set(null);
    }
  }

  private leaveSession(): void {
    const { work } = this;
    this.stepping.cancel();
    void work.session?.close();
    work.session = null;
    work.segments.set([]);
  }

  private async start(scan: Scan, source: Source, signal: AbortSignal): Promise<void> {
    const { work, stepping } = this;
    work.activity.set({ what: 'asking for models', fraction: null, cancel: null });
    await loadModels(work, signal);
    chooseModel(work, scan);
    const fingerprint = fingerprintOf(scan);
    const before = recall();
    const resumed = before?.fingerprint === fingerprint ? await this.resume(scan, before.sessionId, signal) : null;
    const session = resumed?.session ?? (await this.begin(scan, signal));
    if (signal.aborted) {
      // One that is resumed may be resumed again, by the opening that took over.
      if (resumed) session.leave();
      else await session.close();
      signal.throwIfAborted();
    }
    work.session = session;
    session.onRevived = (revival): Promise<void> => takeOver(work, stepping, session, revival);
    session.uploader.onProgress = (upload): void => work.upload.set(upload);
    remember({ sessionId: session.id, fingerprint, source, modelId: work.modelId.value });
    if (resumed) await takeOver(work, stepping, session, resumed.revival);
    signal.throwIfAborted();
    if (work.segments.value.length === 0) await addSegment(work);
    signal.throwIfAborted();
    work.activeId.set(work.segments.value[0].id);
    if (!resumed) this.teach();
    else if (!resumed.revival.lost) work.say('Your session is back, with its masks and history.');
    work.paintAll();
    work.changed();
  }

  private async resume(scan: Scan, sessionId: string, signal: AbortSignal): ReturnType<typeof VolumeSession.resume> {
    const { work } = this;
    work.activity.set({ what: 'bringing your session back', fraction: null, cancel: null });
    const resumed = await VolumeSession.resume(work.connection, scan, sessionId, signal);
    if (!resumed) forget();
    return resumed;
  }

  private async begin(scan: Scan, signal: AbortSignal): Promise<VolumeSession> {
    const { work } = this;
    work.activity.set({ what: 'opening the session', fraction: null, cancel: null });
    const estimate = await VolumeSession.estimate(work.connection, scan, work.modelId.value, signal);
    signal.throwIfAborted();
    if (!estimate.fits) {
      const [needed, free] = [estimate.volumeBytes, estimate.availableBytes].map((bytes) => bytesText(Number(bytes)));
      work.say(`The whole scan (${needed}) does not fit into the server’s free memory (${free}). Only the parts around your prompts are sent: go on, and crop the scan if the server refuses them.`, 'warning');
    }
    return VolumeSession.open(work.connection, scan, work.model?.dimension === 2, work.modelId.value, signal);
  }

  /** How to begin: in 3D a box says how large the object is. */
  private teach(): void {
    const { work } = this;
    const volume = work.model?.dimension === 3;
    work.tool.set(volume ? 'box' : 'scribble');
    if (work.scan.value?.remark) work.say(work.scan.value.remark, 'warning');
    else if (work.notice.value === null) work.say(volume ? 'Draw a box around the object; then correct with points (P) and scribbles (S).' : 'Scribble on the object; then correct, with X for what does not belong to it.');
  }
}
