// Files opened lately, by handles that the browser keeps: names and places, no pixels.

import type { Handle } from './files.ts';

export interface Recent {
  readonly id: number;
  readonly handle: Handle;
}

const STORE = 'recents';
const KEPT = 6;

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open('segbridge', 2);
  opening.onupgradeneeded = (): void => {
    for (const name of [...opening.result.objectStoreNames]) opening.result.deleteObjectStore(name);
    opening.result.createObjectStore(STORE, { keyPath: 'id', autoIncrement: true });
  };
  return (await done(opening)).transaction(STORE, mode).objectStore(STORE);
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = (): void => resolve(request.result);
    request.onerror = (): void => reject(request.error!);
  });

/** Does something to the store and waits until it is kept: that of a handle takes longer than the request itself. */
async function change<T>(make: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const kept = await store('readwrite');
  const request = make(kept);
  return new Promise((resolve, reject) => {
    kept.transaction.oncomplete = (): void => resolve(request.result);
    kept.transaction.onabort = (): void => reject(kept.transaction.error!);
  });
}

/** The newest first; none where the browser keeps no handles. */
export async function recents(): Promise<Recent[]> {
  try {
    return ((await done((await store('readonly')).getAll())) as Recent[]).reverse();
  } catch {
    return [];
  }
}

/** Keeps a handle, in place of an older one of the same file. Answers its id; undefined where the browser keeps none. */
export async function addRecent(handle: Handle): Promise<number | undefined> {
  try {
    const known = await recents();
    const same = await Promise.all(known.map((recent) => recent.handle.isSameEntry(handle)));
    const id = await change((store) => store.add({ handle }));
    const old = [...known.filter((_, n) => same[n]), ...known.filter((_, n) => !same[n]).slice(KEPT - 1)];
    for (const recent of old) await forgetRecent(recent.id);
    return id as number;
  } catch {
    return undefined;
  }
}

export const forgetRecent = (id: number): Promise<undefined> => change((store) => store.delete(id));
export const forgetRecents = (): Promise<undefined> => change((store) => store.clear());
