// What is seen before a scan is open: where to drop one, the sample, and files opened lately.

import { wordsOf } from '../client/errors.ts';
import { recall } from '../editing/memory.ts';
import type { Opening } from '../editing/opening.ts';
import type { Workspace } from '../editing/workspace.ts';
import { openFiles, openSample } from '../volume/open.ts';
import { ScanError } from '../volume/scan.ts';
import { button, h } from './dom.ts';
import { choose, dropped, pickedOf, taken, type Handle, type Picked } from './files.ts';
import { addRecent, forgetRecent, forgetRecents, recents, type Recent } from './recents.ts';

const SAMPLE = 'phantom.nii.gz';

export class StartScreen {
  readonly element: HTMLElement;
  private readonly work: Workspace;
  private readonly opening: Opening;
  private readonly inputs: { file: HTMLInputElement; folder: HTMLInputElement };
  private readonly lately = h('div', { className: 'recents' });

  constructor(work: Workspace, opening: Opening) {
    this.work = work;
    this.opening = opening;
    const take = ({ target }: Event): void => void this.openPicked(Promise.resolve(taken(target as HTMLInputElement)));
    const file = h('input', { type: 'file', hidden: true, id: 'choose-file', accept: '.nii,.gz,.nrrd,.dcm,.ima', multiple: true, onchange: take });
    const folder = h('input', { type: 'file', hidden: true, id: 'choose-folder', webkitdirectory: true, onchange: take });
    this.inputs = { file, folder };
    this.element = h('section', { className: 'start', id: 'start' },
      h('h1', {}, 'Segment a scan'),
      h('p', {}, 'Drop a NIfTI or NRRD file or a folder of DICOM slices anywhere on this page. The scan stays in this browser; only the parts that your prompts need go to the server.'),
      h('div', { className: 'row' },
        button('Try the phantom', () => this.trySample(SAMPLE), { className: 'primary', id: 'open-phantom' }),
        button('Choose a file', () => this.openPicked(choose(file))), button('Choose a DICOM folder', () => this.openPicked(choose(folder)))),
      file, folder, this.lately,
      h('p', { className: 'note' }, 'Research software, not a medical device: every mask needs a person’s review.'));
    work.scan.watch((scan) => {
      this.element.hidden = scan !== null;
    });
    this.takeDrops();
  }

  /** Lists files opened lately and, after a reload, goes on with what this tab was at, if its file can be read without asking. */
  async begin(): Promise<void> {
    const known = await recents();
    this.list(known);
    const source = recall()?.source;
    if (!source) return;
    if (source.kind === 'sample') {
      await this.trySample(source.name);
      return;
    }
    const handle = known.find(({ id }) => id === source.recent)?.handle;
    if (handle && (await handle.queryPermission?.({ mode: 'read' })) === 'granted') {
      await this.openPicked(pickedOf(handle));
      return;
    }
    const again = (): Promise<void> => this.openPicked(handle ? allowed(handle) : choose(this.inputs[source.kind === 'folder' ? 'folder' : 'file']));
    this.work.say(`Open ${source.name} again to go on where you were.`, 'info', { label: handle ? 'Open it' : 'Choose it', run: () => void again() });
  }

  private async trySample(name: string): Promise<void> {
    await this.opening.open({ kind: 'sample', name }, () => openSample(name));
  }

  private async openPicked(choice: Promise<Picked | null>): Promise<void> {
    try {
      const picked = await choice;
      if (!picked) return;
      const { name, kind, files, handle } = picked;
      const recent = handle ? await addRecent(handle) : undefined;
      const isOpen = await this.opening.open({ kind, name, ...(recent === undefined ? {} : { recent }) }, () => openFiles(files, name));
      if (!isOpen && recent !== undefined) await forgetRecent(recent);
    } catch (error) {
      // Moved or deleted since, or kept from the page.
      this.work.say(`It cannot be read: ${wordsOf(error)}`, 'error');
    }
  }

  private list(known: readonly Recent[]): void {
    if (known.length === 0) return;
    this.lately.replaceChildren(h('h2', {}, 'Opened lately'),
      ...known.map(({ handle }) => button(handle.name, () => this.openPicked(allowed(handle)), { className: 'recent' })),
      button('Forget these', async () => {
        await forgetRecents();
        this.lately.replaceChildren();
      }, { className: 'quiet' }));
  }

  private takeDrops(): void {
    // Before NiiVue, which keeps what is dropped on the slices to itself.
    const first = { capture: true };
    const { classList } = document.body;
    window.addEventListener('dragover', (event) => {
      event.preventDefault();
      classList.add('dropping');
    }, first);
    window.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) classList.remove('dropping');
    });
    window.addEventListener('drop', (event) => {
      event.preventDefault();
      classList.remove('dropping');
      void this.openPicked(dropped(event.dataTransfer));
    }, first);
  }
}

/** A file of last time, once the user lets the page read it again. */
async function allowed(handle: Handle): Promise<Picked> {
  const permission = await handle.requestPermission?.({ mode: 'read' });
  if (permission !== 'granted') throw new ScanError('the browser was not allowed to. Choose it again, or drop it on the page.');
  return pickedOf(handle);
}
