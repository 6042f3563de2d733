// Files and folders as browsers give them: chosen, dropped, or by a handle that was kept. Handles exist in Chromium only,
// and only on secure pages; without them nothing is remembered, and all else works.

/** A file or a folder. */
export interface Picked {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly files: readonly File[];
  /** Opens the same again later. */
  readonly handle: Handle | null;
}

export type Handle = FileSystemHandle & {
  getFile?: () => Promise<File>;
  values?: () => AsyncIterable<Handle>;
  requestPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
  queryPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
};

interface Pickers {
  showOpenFilePicker?: () => Promise<Handle[]>;
  showDirectoryPicker?: () => Promise<Handle>;
}

/** Has a file or a folder chosen, by handle where there are any, else by a file input. Null when nothing was chosen. */
export async function choose(input: HTMLInputElement): Promise<Picked | null> {
  const { showOpenFilePicker, showDirectoryPicker } = globalThis as Pickers;
  const pick = input.webkitdirectory ? showDirectoryPicker : showOpenFilePicker;
  if (!pick) {
    input.click();
    return null;
  }
  try {
    const [handle] = [await pick()].flat();
    return await pickedOf(handle);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** What a file input holds. */
export function taken(input: HTMLInputElement): Picked | null {
  const files = [...(input.files ?? [])];
  input.value = '';
  return named(files);
}

export const pickedOf = async (handle: Handle): Promise<Picked> =>
  ({ name: handle.name, kind: handle.kind === 'directory' ? 'folder' : 'file', files: await filesOf(handle), handle });

/** What was dropped on the page. */
export async function dropped(transfer: DataTransfer | null): Promise<Picked | null> {
  // All must be asked for before the first await: the list is empty afterwards.
  const items = [...(transfer?.items ?? [])].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry());
  const plain = [...(transfer?.files ?? [])];
  const handles = await Promise.all(items.map(async (item) => (item as DataTransferItem & { getAsFileSystemHandle?: () => Promise<Handle | null> }).getAsFileSystemHandle?.()));
  if (handles.length === 1 && handles[0]) return pickedOf(handles[0]);
  const folder = entries.find((entry) => entry?.isDirectory);
  if (!folder) return named(plain);
  return { name: folder.name, kind: 'folder', files: (await Promise.all(entries.map((entry) => entryFiles(entry)))).flat(), handle: null };
}

function named(files: readonly File[]): Picked | null {
  const [first] = files;
  if (!first) return null;
  const folder = first.webkitRelativePath.split('/')[0];
  return { name: folder || first.name, kind: folder ? 'folder' : 'file', files, handle: null };
}

async function filesOf(handle: Handle): Promise<File[]> {
  if (handle.kind === 'file') return [await handle.getFile!()];
  const files: File[] = [];
  for await (const entry of handle.values!()) files.push(...(await filesOf(entry)));
  return files;
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
