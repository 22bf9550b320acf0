"""What the benchmarks of compiled code share: contestants that take turns, each in fresh processes
on one core, in virtual environments of their own where they need other packages.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TRIALS, SHORTEST, LONGEST = 60, 0.003, 3  # seconds of a trial, and of all
Results = dict[tuple[str, str], list[dict[str, Any]]]  # of each work and contestant, a round each


def seconds(work: Callable[[], Any]) -> float:
    """The processor's seconds, which other programs take no part of: the best of many times."""
    start = time.process_time()
    work()
    count = max(1, int(SHORTEST / max(time.process_time() - start, 1e-7)))
    best, end = float("inf"), time.process_time() + LONGEST
    for trial in range(TRIALS):
        start = time.process_time()
        if start > end and trial:
            break
        for _ in range(count):
            work()
        best = min(best, (time.process_time() - start) / count)
    return best


def of_processor() -> float:
    """The processor's seconds until now, those of compilers that were called too."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def pin() -> None:
    """Stay on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def python_with(package: str) -> Path:
    """The interpreter of a virtual environment that has the package and NumPy."""
    if not package:
        return Path(sys.executable)
    folder = HERE / f".venv-{package.partition('=')[0]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"making benchmarks/{folder.name} ...", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", package, "numpy"], check=True)
    return python


def measured(script: str, package: str, contestant: str, work: str) -> dict[str, Any]:
    """What the script prints of one contestant, in a fresh process that has the package."""
    run = subprocess.run(
        [python_with(package), script, "--contestant", contestant, "--work", work],
        env=os.environ | {"PYTHONPATH": str(HERE.parent), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(f"{contestant}, {work}: {run.stderr}")
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def require_alike(name: str, rows: dict[str, list[dict[str, Any]]], what: str) -> None:
    """An end of the program where one computes other numbers than the others."""
    expected = next(iter(rows.values()))[0][what]
    for who, results in rows.items():
        for a, b in zip(results[0][what], expected, strict=True):
            if abs(a - b) > 1e-9 * max(1, abs(b)):
                raise SystemExit(f"{name}: {who} computes {a!r}, not {b!r}")


def digits(number: float) -> str:
    """Two of them."""
    return f"{float(f'{number:.2g}'):,g}"


def asked(
    described: str, contestants: Iterable[str], measure: Callable[[str, str], dict[str, Any]]
) -> argparse.Namespace | None:
    """What people ask of one of these programs; None where it was called by itself, to measure one
    contestant at one work and print that.
    """
    parser = argparse.ArgumentParser(description=described.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    names = list(contestants)
    parser.add_argument("--only", nargs="+", default=names, choices=names)
    parser.add_argument("--table", type=Path, help="a page of Markdown to put the table into")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not given.contestant:
        return given
    pin()
    print(json.dumps(measure(given.contestant, given.work)))
    return None


def setting(packages: Iterable[str]) -> str:
    """The machine and the versions that were measured, as a sentence."""
    own = [f"{package} {version(package)}" for package in ("numpy", "llvmlite")]
    names = sorted({package.partition("=")[0] for package in packages if package})
    others = [f"{name} {_version(name)}" for name in names]
    if compiler := shutil.which("gcc"):
        others.append(f"gcc {_said_by(compiler, '-dumpfullversion')}")
    versions = ", ".join([f"Python {platform.python_version()}", *own, *others])
    return f"Measured on one core of {_processor()}, {platform.system()}, with {versions}."


def _processor() -> str:
    """The processor's name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _version(package: str) -> str:
    ask = f"from importlib.metadata import version; print(version('{package}'))"
    return _said_by(python_with(package), "-c", ask)


def _said_by(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def put_into(page: Path, section: str, text: str, end: str) -> None:
    """Write a section into a page, between the marks that an earlier one left, or at its end."""
    before, _, rest = page.read_text(encoding="utf-8").partition(f"\n{section}")
    after = rest.partition(end)[2]
    page.write_text(f"{before}\n{section}{text}\n\n{end}{after}", encoding="utf-8")
