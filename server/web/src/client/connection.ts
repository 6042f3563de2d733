// The server that served this page, spoken to by gRPC-Web.

import { Code, ConnectError, createClient, type Client, type Interceptor } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { Export } from '@segbridge/contract/segbridge/v1/export_pb.js';
import { Models } from '@segbridge/contract/segbridge/v1/models_pb.js';
import { Sessions } from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import { isAway, needsKey, retryAfter } from './errors.ts';
import { Signal } from '../signal.ts';

export type Link = 'online' | 'away' | 'key';

const KEY = 'segbridge-key';
const DELAYS_MS = [250, 500, 1000, 2000, 3000];
const SLOW_MS = 4000;

export class Connection {
  readonly sessions: Client<typeof Sessions>;
  readonly models: Client<typeof Models>;
  readonly exports: Client<typeof Export>;
  readonly link = new Signal<Link>('online');
  /** Bytes of bodies sent and received so far. */
  readonly traffic = new Signal({ sent: 0, received: 0 });
  private key = sessionStorage.getItem(KEY) ?? '';
  private keyGiven: (() => void)[] = [];

  constructor(address: string) {
    const authorize: Interceptor = (next) => (request) => {
      if (this.key) request.header.set('authorization', `Bearer ${this.key}`);
      return next(request);
    };
    const transport = createGrpcWebTransport({ baseUrl: address, interceptors: [authorize], fetch: (...call) => this.counted(...call) });
    this.sessions = createClient(Sessions, transport);
    this.models = createClient(Models, transport);
    this.exports = createClient(Export, transport);
  }

  get hasKey(): boolean {
    return this.key !== '';
  }

  /** Keeps a key for this tab, and goes on with the calls that wait for it. */
  giveKey(key: string): void {
    this.key = key.trim();
    sessionStorage.setItem(KEY, this.key);
    this.link.set('online');
    for (const go of this.keyGiven.splice(0)) go();
  }

  /**
   * Makes a call that may be made twice. While the server is away it is tried again, for as long as it takes; without a
   * key it waits for one.
   */
  async persist<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await call();
        this.link.set('online');
        return result;
      } catch (error) {
        if (signal?.aborted) throw error;
        const wait = retryAfter(error);
        if (needsKey(error)) {
          this.link.set('key');
          await unless(signal, new Promise<void>((go) => this.keyGiven.push(go)));
        } else if (wait !== null && attempt < DELAYS_MS.length) {
          await unless(signal, pause(wait));
        } else if (isAway(error)) {
          this.link.set('away');
          await unless(signal, pause(DELAYS_MS[attempt] ?? SLOW_MS));
        } else {
          this.link.set('online');
          throw error;
        }
      }
    }
  }

  private async counted(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const sent = init?.body instanceof Uint8Array ? init.body.byteLength : 0;
    this.count(sent, 0);
    const reply = await fetch(input, { ...init, credentials: 'same-origin' });
    // Not from a call but from the way to it, in plain words.
    if (reply.status === 403) throw new ConnectError(await reply.text(), Code.PermissionDenied);
    if (!reply.body) return reply;
    const meter = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, out) => {
        this.count(0, chunk.byteLength);
        out.enqueue(chunk);
      },
    });
    return new Response(reply.body.pipeThrough(meter), { status: reply.status, headers: reply.headers });
  }

  private count(sent: number, received: number): void {
    const now = this.traffic.value;
    this.traffic.set({ sent: now.sent + sent, received: now.received + received });
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits, unless the signal says that nobody does any more. */
async function unless(signal: AbortSignal | undefined, wait: Promise<void>): Promise<void> {
  if (!signal) return wait;
  signal.throwIfAborted();
  return Promise.race([wait, new Promise<void>((_, reject) => {
    signal.addEventListener('abort', () => reject(new ConnectError('given up', Code.Canceled)), { once: true });
  })]);
}
