/** A value that tells those who watch it when it changes. */
export class Signal<T> {
  private readonly watchers = new Set<(value: T) => void>();
  private current: T;

  constructor(value: T) {
    this.current = value;
  }

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    this.tell();
  }

  /** Says that something within the value changed. */
  tell(): void {
    for (const watcher of [...this.watchers]) watcher(this.current);
  }

  /** Calls back now and at every change. */
  watch(watcher: (value: T) => void): void {
    this.watchers.add(watcher);
    watcher(this.current);
  }
}
