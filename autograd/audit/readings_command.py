"""`chalkgrad readings`: what a program or a vision model is told that turns photos into lines."""

from __future__ import annotations

import argparse

from autograd.audit.reading.readings import prompt, schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `readings` takes."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--schema", action="store_true", help="print the JSON schema of readings")
    what.add_argument("--prompt", action="store_true", help="print what to ask a vision model")


def run(options: argparse.Namespace) -> int:
    """Print what was asked for."""
    print(schema() if options.schema else prompt(), end="", flush=True)
    return 0
