// What is seen before a scan is open: where to drop one, the sample, and files opened lately.

import { wordsOf } from '../client/errors.ts';
import type { Opening } from '../work/opening.ts';
import { addRecent, forgetRecents, recall, recents, type Recent } from '../work/memory.ts';
import type { Work } from '../work/work.ts';
import { button, h } from './dom.ts';
import { choose, dropped, pickedOf, taken, type Handle, type Picked } from './files.ts';

const SAMPLE = 'phantom.nii.gz';

export function startScreen(work: Work, opening: Opening): HTMLElement {
  const open = (picked: Promise<Picked | null>): void => void openPicked(work, opening, picked);
  const file = h('input', { type: 'file', hidden: true, id: 'choose-file', accept: '.nii,.gz,.nrrd,.dcm,.ima', multiple: true, onchange: () => open(Promise.resolve(taken(file))) });
  const folder = h('input', { type: 'file', hidden: true, id: 'choose-folder', webkitdirectory: true, onchange: () => open(Promise.resolve(taken(folder))) });
  const list = h('div', { className: 'recents' });
  const screen = h('section', { className: 'start', id: 'start' },
    h('h1', {}, 'Segment a scan'),
    h('p', {}, 'Drop a NIfTI or NRRD file or a folder of DICOM slices anywhere on this page. The scan stays in this browser; only the parts that your prompts need go to the server.'),
    h('div', { className: 'row' },
      button('Try the phantom', () => opening.sample(SAMPLE), { className: 'primary', id: 'open-phantom' }),
      button('Choose a file', () => open(choose(file))), button('Choose a DICOM folder', () => open(choose(folder)))),
    file, folder, list,
    h('p', { className: 'note' }, 'Research software, not a medical device: every mask needs a person’s review.'));
  work.scan.watch((scan) => {
    screen.hidden = scan !== null;
  });
  void listRecents(list, (handle) => open(allowed(handle)));
  // Before NiiVue, which keeps what is dropped on the slices to itself.
  const first = { capture: true };
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  }, first);
  window.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('dropping');
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    open(dropped(event.dataTransfer));
  }, first);
  return screen;
}

/** After a reload: goes on with what this tab was at, if its file can be read without asking. */
export async function goOn(work: Work, opening: Opening): Promise<void> {
  const memory = recall();
  if (!memory) return;
  if (memory.source.kind === 'sample') {
    await opening.sample(memory.source.name);
    return;
  }
  const recent = (await recents()).find(({ name }) => name === memory.source.name);
  const handle = recent?.handle as Handle | undefined;
  if (handle && (await handle.queryPermission?.({ mode: 'read' })) === 'granted') await openPicked(work, opening, pickedOf(handle));
  else work.say(`Open ${memory.source.name} again to go on where you were.`, 'info', handle && { label: 'Open it', run: () => void openPicked(work, opening, allowed(handle)) });
}

/** A file of last time, once the user lets the page read it again. */
async function allowed(handle: Handle): Promise<Picked | null> {
  return (await handle.requestPermission?.({ mode: 'read' })) === 'denied' ? null : pickedOf(handle);
}

async function openPicked(work: Work, opening: Opening, choice: Promise<Picked | null>): Promise<void> {
  try {
    const picked = await choice;
    if (picked && (await opening.files(picked.files, picked.name)) && picked.handle) await addRecent(picked.name, picked.handle);
  } catch (error) {
    // Moved or deleted since.
    work.say(`It cannot be read: ${wordsOf(error)}`, 'error');
  }
}

async function listRecents(list: HTMLElement, open: (handle: Handle) => void): Promise<void> {
  const known = await recents();
  if (known.length === 0) return;
  list.replaceChildren(h('h2', {}, 'Opened lately'),
    ...known.map((recent: Recent) => button(recent.name, () => open(recent.handle), { className: 'recent' })),
    button('Forget these', async () => {
      await forgetRecents();
      list.replaceChildren();
    }, { className: 'quiet' }));
}
