// What this tab remembers, so that a reload goes on with its session. No pixels.

export interface Source {
  readonly kind: 'sample' | 'file' | 'folder';
  readonly name: string;
  /** Of the recent file, where the browser keeps a handle of it. */
  readonly recent?: number;
}

export interface TabMemory {
  readonly sessionId: string;
  readonly fingerprint: string;
  readonly source: Source;
  readonly modelId: string;
}

const TAB = 'segbridge-tab';

export function recall(): TabMemory | null {
  try {
    return JSON.parse(sessionStorage.getItem(TAB) ?? 'null') as TabMemory | null;
  } catch {
    return null;
  }
}

export const remember = (memory: TabMemory): void => sessionStorage.setItem(TAB, JSON.stringify(memory));
export const forget = (): void => sessionStorage.removeItem(TAB);
