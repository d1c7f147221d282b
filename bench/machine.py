"""What the figures were measured on: machine, commit, versions."""

import os
import platform
import subprocess
from pathlib import Path

import peers


def said(argv, cwd=None, codes=(0,)):
    """The first line a command prints, on either stream; empty if it fails."""
    try:
        done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines and done.returncode in codes else ""


def facts(options):
    """Name to value, in the order they are printed."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    changed = said(["git", "status", "--porcelain", "--untracked-files=no"], options.root)
    commit = said(["git", "rev-parse", "--short=12", "HEAD"], options.root) or "unknown"
    return {
        "machine": f"{cpu}, {os.cpu_count()} cores, {platform.machine()}",
        "kernel": f"{platform.system()} {platform.release()}",
        "commit": commit + (" with changes" if changed else ""),
        "portico": said([options.portico, "--version"]) or "absent",
        "nginx": said([peers.tool("nginx"), "-v"]).removeprefix("nginx version: "),
        "haproxy": said([peers.tool("haproxy"), "-v"]).split(" - ")[0],
        # wrk ends with 1 after it has printed its version.
        "wrk": said([peers.tool("wrk"), "--version"], codes=(0, 1)).split(" Copyright")[0],
        "rustc": said(["rustc", "--version"]),
        "settings": f"core {options.core}, {options.rounds} rounds of {options.seconds} s,"
        f" GET {peers.TARGET}",
    }
