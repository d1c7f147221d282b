"""CPU time of validating a body of 1 KiB by a model of 20 properties."""

import subprocess

from figures import Row, Samples, Table, Verdict
from processes import BenchError

TARGET_US = 10


def run(options, say):
    """Microseconds a body, its JSON read and checked: rounds of 20,000 on one core."""
    # Release speed without the optimisation of the whole program, which takes minutes.
    argv = ["cargo", "build", "--profile", "quick", "--locked", "--quiet"]
    argv += ["--package", "portico-snapshot", "--example", "validation"]
    argv += ["--message-format", "json-render-diagnostics"]
    built = subprocess.run(argv, cwd=options.root, stdout=subprocess.PIPE, text=True, check=False)
    lines = [line for line in built.stdout.splitlines() if '"executable":"' in line]
    if built.returncode != 0 or not lines:
        raise BenchError("the example `validation` does not build")
    program = lines[-1].split('"executable":"')[1].split('"')[0]
    argv = ["taskset", "--cpu-list", str(options.core), program]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"the example `validation` failed:\n{done.stderr[-2000:]}")
    figure = Samples([float(line) for line in done.stdout.split()])
    say(f"portico: {figure.text(2)} us a body")
    verdict = Verdict("us a body of 1 KiB against 20 properties", figure.median, TARGET_US)
    notes = ["20 properties, four of them with patterns or formats, and a list of four objects"]
    title = "Validation of a body"
    return Table("validation", title, "us", 2, [Row("portico", figure)], [verdict], notes)
