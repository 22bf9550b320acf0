"""Threads that run machine code side by side: those of Python, and where they wait for each other.

Machine code holds no lock of Python's, so that threads of Python run it at once.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from llvmlite import ir

INDEX = ir.IntType(64)
MOST = 16  # threads
Piece = tuple["Future[Any]", Callable[[], Any]]  # of work, and what it will have given


def threads_here() -> int:
    """How many threads this process may run at once."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(MOST, len(affinity(0)) if affinity else os.cpu_count() or 1)


class Workers:
    """Threads that wait for work; one piece of work has them all, or none."""

    def __init__(self) -> None:
        self._free, self._of, self._count = Lock(), 0, 0  # whose threads, and how many
        self._pieces: SimpleQueue[Piece] = SimpleQueue()

    def run(self, work: Callable[[int, int], Any], threads: int) -> Any:
        """`work(thread, threads)` in each of so many threads; what it gives in the first.

        Where the threads have other work, or the system starts none, the caller's does it alone.
        Those that work wait for each other, and never for the caller's, which Ctrl-C may end at any
        line: it hands over one piece, whole or not at all, and goes on when all of that is done.
        """
        if threads == 1 or not self._free.acquire(blocking=False):
            return work(0, 1)
        try:
            if not self._are_started(threads):
                return work(0, 1)
            whole: Future[Any] = Future()
            try:
                self._pieces.put((whole, partial(self._shared, work, threads)))
                return whole.result()
            except BaseException:
                if not whole.cancel():
                    wait([whole])
                raise
        finally:
            self._free.release()

    def _shared(self, work: Callable[[int, int], Any], threads: int) -> Any:
        """The same, in the thread that is the first."""
        others: list[Future[Any]] = [Future() for _ in range(1, threads)]
        for thread, other in enumerate(others, 1):
            self._pieces.put((other, partial(work, thread, threads)))
        try:
            return work(0, threads)
        finally:
            wait(others)

    def _are_started(self, count: int) -> bool:
        """Whether so many threads run: one that did not start would be waited for by the others for
        ever.
        """
        if self._of != os.getpid():  # a fork has none of its parent's
            self._of, self._count, self._pieces = os.getpid(), 0, SimpleQueue()
        while self._count < count:
            try:
                Thread(target=_serve, args=(self._pieces,), name="chalkgrad", daemon=True).start()
            except RuntimeError:  # the system starts no more
                return False
            self._count += 1
        return True


def _serve(pieces: SimpleQueue[Piece]) -> None:
    """Do pieces of work as they come."""
    while True:
        _do(*pieces.get())


def _do(done: Future[Any], piece: Callable[[], Any]) -> None:
    if done.set_running_or_notify_cancel():
        try:
            done.set_result(piece())
        except BaseException as error:
            done.set_exception(error)


WORKERS = Workers()


class Barrier:
    """Where threads of machine code wait for each other: two numbers in memory, how many have
    arrived, and how often all have.
    """

    def __init__(self, builder: ir.IRBuilder, memory: Any, threads: Any) -> None:
        self.builder, self.threads = builder, threads
        self.arrived, self.times = memory, builder.gep(memory, [ir.Constant(INDEX, 1)])

    def wait(self) -> None:
        """The code that waits; one thread alone goes on at once."""
        builder, one = self.builder, ir.Constant(INDEX, 1)
        with builder.if_then(builder.icmp_signed(">", self.threads, one)):
            before = builder.load_atomic(self.times, "seq_cst", 8)
            mine = builder.add(builder.atomic_rmw("add", self.arrived, one, "seq_cst"), one)
            with builder.if_else(builder.icmp_signed("==", mine, self.threads)) as (last, other):
                with last:
                    builder.store_atomic(ir.Constant(INDEX, 0), self.arrived, "seq_cst", 8)
                    builder.store_atomic(builder.add(before, one), self.times, "seq_cst", 8)
                with other, self._while_equal(before):
                    builder.call(_yielding(builder), [])

    @contextmanager
    def _while_equal(self, before: Any) -> Iterator[None]:
        builder = self.builder
        head, body, after = (builder.append_basic_block(x) for x in ("wait", "yield", "go"))
        builder.branch(head)
        builder.position_at_end(head)
        now = builder.load_atomic(self.times, "seq_cst", 8)
        builder.cbranch(builder.icmp_signed("==", now, before), body, after)
        builder.position_at_end(body)
        yield
        builder.branch(head)
        builder.position_at_end(after)


def _yielding(builder: ir.IRBuilder) -> Any:
    """The system's function that lets other threads run, by its address."""
    is_windows = os.name == "nt"
    library = ctypes.CDLL("kernel32" if is_windows else None)  # the function has no arguments
    function = library.SwitchToThread if is_windows else library.sched_yield
    address = ctypes.cast(function, ctypes.c_void_p).value
    kind = ir.FunctionType(ir.IntType(32), []).as_pointer()
    return builder.inttoptr(ir.Constant(INDEX, address), kind)
