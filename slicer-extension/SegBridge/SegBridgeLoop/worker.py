"""Work beside the main thread: jobs that wait for the network, and their results back on the main thread.

An idle Qt event loop holds Python's interpreter lock most of the time. ``poll``, called by a timer while something is
under way, waits a few milliseconds for results and lets the other threads run meanwhile.
"""
from __future__ import annotations

import logging
import threading
import time
from queue import Empty, Queue, SimpleQueue
from typing import Any, Callable, Optional

# In one call of poll() no further callback is begun after so long.
_CALLBACKS_S = 0.010

Job = Callable[[], Any]
# done(result, None) or done(None, error), on the main thread.
Done = Callable[[Any, Optional[Exception]], None]
# None ends the threads that take from it.
Jobs = SimpleQueue


class Worker:
    """One thread for jobs in their order, and as many as it takes for those that are done at once. All callbacks are
    called by ``poll``."""

    def __init__(self) -> None:
        self._jobs: Jobs = SimpleQueue()
        self._results: "Queue[Callable[[], None]]" = Queue()
        self._thread: Optional[threading.Thread] = None
        # Jobs that are done at once, by threads that wait for them: to start one takes longer than to wake one.
        self._urgent: Jobs = SimpleQueue()
        self._waiting = threading.Semaphore(0)
        # How many jobs and threads have not reported their end. Main thread only.
        self.active = 0
        # Called when there is something to poll for.
        self.started: Callable[[], None] = lambda: None

    def submit(self, job: Job, done: Done) -> None:
        """Does a job after those submitted before."""
        self._begin()
        self._jobs.put((job, done))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(self._jobs,), name="segbridge-jobs", daemon=True)
            self._thread.start()

    def beside(self, job: Job, done: Done) -> None:
        """Does a job in a thread of its own, at once."""
        self._begin()
        self._urgent.put((job, done))
        if not self._waiting.acquire(blocking=False):
            threading.Thread(
                target=self._run, args=(self._urgent, self._waiting), name="segbridge-beside", daemon=True).start()

    def post(self, callback: Callable[[], None]) -> None:
        """Has a callback called on the main thread; from any thread, while a job of it is under way."""
        self._results.put(callback)

    def poll(self, wait_s: float) -> bool:
        """Calls what waits, after waiting up to ``wait_s`` seconds for the first; what it has no time for waits for the
        next call. Returns whether there was any."""
        called, end = False, time.perf_counter() + wait_s + _CALLBACKS_S
        while time.perf_counter() < end:
            try:
                callback = self._results.get(timeout=wait_s) if wait_s > 0 and not called else self._results.get_nowait()
            except Empty:
                return called
            called = True
            try:
                callback()
            except Exception:
                # One result that fails must not hold up the others.
                logging.exception("SegBridge: a result could not be used")
        return called

    def close(self) -> None:
        """Each thread ends after the job that it is doing; what has not begun is not done, unless it is to be done at once."""
        self._jobs, jobs = SimpleQueue(), self._jobs
        self._urgent, urgent, self._waiting = SimpleQueue(), self._urgent, threading.Semaphore(0)
        while not jobs.empty():
            jobs.get()
        jobs.put(None)
        urgent.put(None)

    def _begin(self) -> None:
        self.active += 1
        self.started()

    def _run(self, jobs: Jobs, waiting: Optional[threading.Semaphore] = None) -> None:
        while True:
            item = jobs.get()
            if item is None:
                jobs.put(None)  # For the next thread.
                return
            self._do(*item)
            del item  # It may hold a volume.
            if waiting is not None:
                waiting.release()

    def _do(self, job: Job, done: Done) -> None:
        try:
            result, error = job(), None
        except Exception as problem:  # Whatever it is, the main thread is told.
            result, error = None, problem
        self._results.put(lambda: self._ended(done, result, error))

    def _ended(self, done: Done, result: Any, error: Optional[Exception]) -> None:
        self.active -= 1
        done(result, error)
