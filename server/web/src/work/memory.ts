// What this browser remembers: the session of this tab, so that a reload goes on with it, and handles of files opened
// lately. No pixels.

export interface Source {
  readonly kind: 'sample' | 'file';
  readonly name: string;
}

export interface TabMemory {
  readonly sessionId: string;
  readonly fingerprint: string;
  readonly source: Source;
  readonly modelId: string;
}

export interface Recent {
  readonly name: string;
  readonly handle: FileSystemHandle;
  readonly at: number;
}

const TAB = 'segbridge-tab';
const STORE = 'recent';
const KEPT = 6;

export function recall(): TabMemory | null {
  try {
    return JSON.parse(sessionStorage.getItem(TAB) ?? 'null') as TabMemory | null;
  } catch {
    return null;
  }
}

export const remember = (memory: TabMemory): void => sessionStorage.setItem(TAB, JSON.stringify(memory));
export const forget = (): void => sessionStorage.removeItem(TAB);

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open('segbridge', 1);
  opening.onupgradeneeded = (): unknown => opening.result.createObjectStore(STORE, { keyPath: 'name' });
  return (await done(opening)).transaction(STORE, mode).objectStore(STORE);
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = (): void => resolve(request.result);
    request.onerror = (): void => reject(request.error!);
  });

/** Files opened lately, the newest first; none where the browser gives no handles. */
export async function recents(): Promise<Recent[]> {
  try {
    const all = (await done((await store('readonly')).getAll())) as Recent[];
    return all.sort((one, two) => two.at - one.at);
  } catch {
    return [];
  }
}

export async function addRecent(name: string, handle: FileSystemHandle): Promise<void> {
  try {
    await done((await store('readwrite')).put({ name, handle, at: Date.now() }));
    for (const old of (await recents()).slice(KEPT)) await done((await store('readwrite')).delete(old.name));
  } catch {
    // A browser that keeps nothing is none the worse.
  }
}

export async function forgetRecents(): Promise<void> {
  await done((await store('readwrite')).clear());
}
