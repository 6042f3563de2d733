// The server's models, and which of them a scan begins with.

import { ModelState } from '@segbridge/contract/segbridge/v1/models_pb.js';
import { pause } from '../client/connection.ts';
import type { Scan } from '../volume/scan.ts';
import { recall } from './memory.ts';
import type { Workspace } from './workspace.ts';

const POLL_MS = 700;

/** Waits until the server has loaded one. Throws when the signal says that nobody waits any more. */
export async function loadModels(work: Workspace, signal: AbortSignal): Promise<void> {
  const { connection } = work;
  for (;;) {
    const { models } = await connection.persist(() => connection.models.listModels({}), signal);
    signal.throwIfAborted();
    work.models.set(models.filter((model) => model.state === ModelState.READY));
    const loading = models.filter((model) => model.state === ModelState.LOADING);
    if (loading.length === 0 || work.models.value.length > 0) break;
    work.activity.set({ what: `the server loads ${loading.map((model) => model.id).join(', ')}`, fraction: null, cancel: null });
    await pause(POLL_MS);
    signal.throwIfAborted();
  }
  if (work.models.value.length === 0) work.say('The server has no model that is ready. Its operator sees why by "segbridge models list".', 'error');
}

/** The one of last time; else a volume is served best by a 3D model, a single slice by a 2D one. */
export function chooseModel(work: Workspace, scan: Scan): void {
  const dimension = Math.min(...scan.grid.size) > 1 ? 3 : 2;
  const remembered = recall()?.modelId;
  const ready = work.models.value;
  const chosen = ready.find((model) => model.id === remembered) ?? ready.find((model) => model.dimension === dimension) ?? ready[0];
  work.modelId.set(chosen?.id ?? '');
}
