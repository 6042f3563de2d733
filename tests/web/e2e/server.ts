// `segbridge serve` as a process, on free ports that it keeps when it is started again.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './places.ts';

// An installed build can be tested instead, as in the Python tests.
const COMMAND = process.env['SEGBRIDGE_COMMAND']?.split(' ') ?? [path.join(root, 'segbridge')];

interface Ready {
  readonly grpc: string;
  readonly http: string;
}

export class Server {
  readonly journal = mkdtempSync(path.join(tmpdir(), 'segbridge-web-'));
  address = '';
  private process: ChildProcess | null = null;
  private ports: readonly string[] = ['--grpc-port', '0', '--http-port', '0'];
  private readonly options: readonly string[];

  constructor(...options: string[]) {
    this.options = options;
  }

  async start(): Promise<this> {
    const child = spawn(COMMAND[0], [...COMMAND.slice(1), 'serve', ...this.ports, '--json', '--stop-with-input',
      ...(this.options.includes('--no-journal') ? [] : ['--journal-folder', this.journal]), ...this.options], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = JSON.parse(line) as Ready;
      this.address = ready.http;
      this.ports = ['--grpc-port', new URL(ready.grpc).port, '--http-port', new URL(ready.http).port];
      return this;
    }
    throw new Error('the server did not start');
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const ended = once(this.process!, 'exit');
    this.process!.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.stdin!.end();
      await ended;
    }
    rmSync(this.journal, { recursive: true, force: true });
  }
}

/** Runs a command of `segbridge` and answers what it printed. */
export const run = (...args: string[]): string => execFileSync(COMMAND[0], [...COMMAND.slice(1), ...args], { encoding: 'utf8' });

/** Makes a key and the file with its hash. */
export function addKey(file: string): string {
  const said = run('keys', 'add', '--file', file, '--name', 'reader');
  return /\S{20,}/.exec(said)![0];
}
