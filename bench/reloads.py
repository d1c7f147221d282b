#!/usr/bin/env python3
"""Changes certificates or definitions 100 times under load and counts the requests that fail.

    python3 bench/reloads.py [certificates|definitions] [--portico target/release/portico]

None may fail. `certificates`: a reload counts when a new connection has shown the new certificate.
`definitions`: a definition of 10,000 resources is replaced; beside the clients that count, wrk asks
on connections of its own and tells the longest latency, which is held against the same load
without a reload.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import os
import tempfile
from pathlib import Path

import certificate_reloads
import definition_reloads
from processes import BenchError

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"certificates": certificate_reloads.run, "definitions": definition_reloads.run}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("kind", nargs="?", choices=KINDS, default="certificates")
    parser.add_argument("--portico", type=Path, default=target / "release/portico")
    parser.add_argument("--reloads", type=int, default=100, help="how often (100)")
    parser.add_argument("--clients", type=int, default=8, help="clients that count (8)")
    parser.add_argument("--resources", type=int, default=10_000, help="of the definition (10,000)")
    options = parser.parse_args()
    options.portico = options.portico.resolve()
    if not options.portico.is_file():
        sys.exit(f"{options.portico} is not there; cargo build --release makes it")
    with tempfile.TemporaryDirectory(prefix="portico-reloads-") as folder:
        try:
            return 0 if KINDS[options.kind](options, Path(folder)) else 1
        except BenchError as error:
            sys.exit(f"reloads: {error}")


if __name__ == "__main__":
    sys.exit(main())
