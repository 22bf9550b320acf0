"""Threads that run machine code side by side: those of Python, and where they wait for each other.

Machine code holds no lock of Python's, so that threads of Python run it at once.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

from llvmlite import ir

INDEX = ir.IntType(64)
MOST = 16  # threads


def threads_here() -> int:
    """How many threads this process may run at once."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(MOST, len(affinity(0)) if affinity else os.cpu_count() or 1)


class Workers:
    """Threads that wait for work; one piece of work has them all, or none."""

    def __init__(self) -> None:
        self._free, self._of = Lock(), (0, 0)  # the pool's process, and how many threads it has
        self._pool: ThreadPoolExecutor | None = None

    def run(self, work: Callable[[int, int], Any], threads: int) -> Any:
        """`work(thread, threads)` in each thread, the caller's the first; what it gives there.

        Where the threads have other work, or the system starts none, the caller's alone does it.
        """
        if threads == 1 or not self._free.acquire(blocking=False):
            return work(0, 1)
        try:
            pool = self._threads(threads - 1)
            if pool is None:
                return work(0, 1)
            others = [pool.submit(work, thread, threads) for thread in range(1, threads)]
            try:
                return work(0, threads)
            finally:
                for each in others:
                    each.result()
        finally:
            self._free.release()

    def _threads(self, count: int) -> ThreadPoolExecutor | None:
        """So many threads, all of them running: one that did not start would be waited for by the
        others for ever. None where the system starts no more.
        """
        wanted = os.getpid(), count  # a fork has none of its parent's
        if self._of != wanted:
            pool, go = ThreadPoolExecutor(count, "chalkgrad"), Event()
            try:
                for _ in range(count):
                    pool.submit(go.wait)
            except RuntimeError:
                pool.shutdown(wait=False)
                return None
            finally:
                go.set()
            self._pool, self._of = pool, wanted
        return self._pool


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
