import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, createRouterTransport } from '@connectrpc/connect';
import { ModelState, Models } from '@segbridge/contract/segbridge/v1/models_pb.js';
import { Sessions } from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import type { Connection } from '../../../server/web/src/client/connection.ts';
import { recall } from '../../../server/web/src/editing/memory.ts';
import { Opening } from '../../../server/web/src/editing/opening.ts';
import { Stepping } from '../../../server/web/src/editing/stepping.ts';
import { Workspace } from '../../../server/web/src/editing/workspace.ts';
import type { Viewer } from '../../../server/web/src/viewer/viewer.ts';
import { gridOfLps } from '../../../server/web/src/volume/grid.ts';
import { ScanError, scanOf, type Scan } from '../../../server/web/src/volume/scan.ts';

const POINTS = ['read', 'prepare', 'models', 'estimate', 'session', 'segment'] as const;
type Point = (typeof POINTS)[number];

/** A page without a browser, and a server without a network, which can be held up at any point of opening a scan. */
class Desk {
  readonly log: string[] = [];
  readonly work: Workspace;
  readonly opening: Opening;
  private readonly kept = new Map<string, string>();
  private held: { point: Point; reached: () => void; release: Promise<void> } | null = null;

  constructor() {
    Object.assign(globalThis, { sessionStorage: {
      getItem: (name: string) => this.kept.get(name) ?? null, setItem: (name: string, value: string) => this.kept.set(name, value), removeItem: (name: string) => this.kept.delete(name),
    } });
    const transport = createRouterTransport(({ service }) => {
      service(Models, { listModels: async () => {
        await this.pass('models');
        return { models: [{ id: 'model', dimension: 3, state: ModelState.READY }] };
      } });
      service(Sessions, {
        estimateMemory: async () => {
          await this.pass('estimate');
          return { fits: true };
        },
        openSession: async ({ volume }) => {
          await this.pass('session');
          return { sessionId: `session of ${volume!.geometry!.size!.i}` };
        },
        closeSession: ({ sessionId }) => {
          this.log.push(`closed ${sessionId}`);
          return {};
        },
        putSegment: async ({ sessionId, segment }) => {
          await this.pass('segment');
          this.log.push(`segment in ${sessionId}`);
          return segment!;
        },
      });
    });
    const connection = { sessions: createClient(Sessions, transport), models: createClient(Models, transport), persist: <T>(call: () => Promise<T>) => call() };
    const viewer = {
      requireFit: () => undefined,
      prepare: async ({ name }: Scan) => {
        await this.pass('prepare');
        return () => this.log.push(`shown ${name}`);
      },
      redraw: () => undefined,
      masks: { setColors: () => undefined, setLabels: () => undefined },
    };
    this.work = new Workspace(connection as unknown as Connection, viewer as unknown as Viewer);
    this.opening = new Opening(this.work, new Stepping(this.work));
  }

  /** Holds up what comes to a point first. */
  hold(point: Point): { reached: Promise<void>; release: () => void } {
    let [reached, release] = [(): void => undefined, (): void => undefined];
    const comes = new Promise<void>((resolve) => (reached = resolve));
    this.held = { point, reached, release: new Promise((resolve) => (release = resolve)) };
    return { reached: comes, release: () => release() };
  }

  open(name: string, size: number): Promise<boolean> {
    return this.opening.open({ kind: 'file', name }, async () => {
      await this.pass('read');
      return scanOf(name, gridOfLps([size, 4, 4], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]), new Uint8Array(size * 16));
    });
  }

  private async pass(point: Point): Promise<void> {
    const { held } = this;
    if (held?.point !== point) return;
    this.held = null;
    held.reached();
    await held.release;
  }
}

for (const point of POINTS) {
  test(`A second file opened while the first is at "${point}" gets its own session, and the first is left`, async () => {
    const desk = new Desk();
    const { work, log } = desk;
    const { reached, release } = desk.hold(point);
    const first = desk.open('first', 8);
    await reached;
    assert.equal(await desk.open('second', 9), true);
    release();
    assert.equal(await first, false);
    assert.equal(work.scan.value?.name, 'second');
    assert.equal(work.session?.id, 'session of 9');
    assert.equal(work.session.scan, work.scan.value);
    assert.equal(recall()?.sessionId, 'session of 9');
    assert.deepEqual(work.segments.value.map((segment) => segment.size), [[9, 4, 4]]);
    assert.equal(work.activeId.value, work.segments.value[0].id);
    assert.equal(work.activity.value, null);
    assert.equal(work.notice.value?.kind, 'info');
    assert.equal(log.filter((line) => line.startsWith('shown')).at(-1), 'shown second');
    // A session that the first got in the end is of no use to anybody.
    assert.equal(log.includes('closed session of 8'), point === 'session' || point === 'segment');
    await work.session.close();
  });
}

test('A file that cannot be read leaves the scan before it as it is', async () => {
  const desk = new Desk();
  const { work } = desk;
  await desk.open('first', 8);
  assert.equal(await desk.opening.open({ kind: 'file', name: 'notes' }, () => Promise.reject(new ScanError('not a scan'))), false);
  assert.equal(work.notice.value?.text, 'not a scan');
  assert.equal(work.scan.value?.name, 'first');
  assert.equal(work.session?.id, 'session of 8');
  assert.deepEqual(desk.log, ['shown first', 'segment in session of 8']);
  await work.session.close();
});
