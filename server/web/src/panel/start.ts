// What is seen before a scan is open: where to drop one, the sample, and files opened lately.

import type { Opening } from '../work/opening.ts';
import { addRecent, forgetRecents, recall, recents, type Recent } from '../work/memory.ts';
import type { Work } from '../work/work.ts';
import { button, h } from './dom.ts';

type Handle = FileSystemHandle & {
  getFile?: () => Promise<File>;
  values?: () => AsyncIterable<Handle>;
  requestPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
  queryPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
};

const SAMPLE = 'phantom.nii.gz';

export function startScreen(work: Work, opening: Opening): HTMLElement {
  const choose = h('input', { type: 'file', hidden: true, id: 'choose-file', accept: '.nii,.gz,.nrrd,.dcm,.ima', multiple: true, onchange: () => void openFiles([...(choose.files ?? [])]) });
  const folder = h('input', { type: 'file', hidden: true, id: 'choose-folder', webkitdirectory: true, onchange: () => void openFiles([...(folder.files ?? [])]) });
  const openFiles = async (files: File[]): Promise<void> => {
    if (files.length > 0) await opening.files(files);
    choose.value = folder.value = '';
  };
  const list = h('div', { className: 'recents' });
  const screen = h('section', { className: 'start', id: 'start' },
    h('h1', {}, 'Segment a scan'),
    h('p', {}, 'Drop a NIfTI or NRRD file or a folder of DICOM slices anywhere on this page. The scan stays in this browser; only the parts that your prompts need go to the server.'),
    h('div', { className: 'row' },
      button('Try the phantom', () => opening.sample(SAMPLE), { className: 'primary', id: 'open-phantom' }),
      button('Choose a file', () => choose.click()), button('Choose a DICOM folder', () => folder.click())),
    choose, folder, list,
    h('p', { className: 'note' }, 'Research software, not a medical device: every mask needs a person’s review.'));
  work.scan.watch((scan) => {
    screen.hidden = scan !== null;
  });
  void listRecents(list, opening);
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  window.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('dropping');
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    void openDropped(event.dataTransfer, opening);
  });
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
  if (handle && (await handle.queryPermission?.({ mode: 'read' })) === 'granted') await openHandle(handle, opening);
  else work.say(`Open ${memory.source.name} again to go on where you were.`, 'info', handle && { label: 'Open it', run: () => void openHandle(handle, opening) });
}

async function openHandle(handle: Handle, opening: Opening): Promise<void> {
  if ((await handle.requestPermission?.({ mode: 'read' })) === 'denied') return;
  if (await opening.files(await filesOf(handle))) await addRecent(handle.name, handle);
}

async function filesOf(handle: Handle): Promise<File[]> {
  if (handle.kind === 'file') return [await handle.getFile!()];
  const files: File[] = [];
  for await (const entry of handle.values!()) files.push(...(await filesOf(entry)));
  return files;
}

async function openDropped(transfer: DataTransfer | null, opening: Opening): Promise<void> {
  if (!transfer) return;
  // All must be asked for before the first await: the list is empty afterwards.
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry());
  const plain = [...transfer.files];
  const handles = await Promise.all(items.map(async (item) => (item as DataTransferItem & { getAsFileSystemHandle?: () => Promise<Handle | null> }).getAsFileSystemHandle?.()));
  const [handle] = handles;
  if (handles.length === 1 && handle) return openHandle(handle, opening);
  const files = entries.some((entry) => entry?.isDirectory) ? (await Promise.all(entries.map((entry) => entryFiles(entry)))).flat() : plain;
  await opening.files(files);
}

async function entryFiles(entry: FileSystemEntry | null): Promise<File[]> {
  if (!entry) return [];
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return files;
    files.push(...(await Promise.all(some.map(entryFiles))).flat());
  }
}

async function listRecents(list: HTMLElement, opening: Opening): Promise<void> {
  const known = await recents();
  if (known.length === 0) return;
  list.replaceChildren(h('h2', {}, 'Opened lately'),
    ...known.map((recent: Recent) => button(recent.name, () => openHandle(recent.handle, opening), { className: 'recent' })),
    button('Forget these', async () => {
      await forgetRecents();
      list.replaceChildren();
    }, { className: 'quiet' }));
}
