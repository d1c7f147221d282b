"""CPU a rendering of a mapping template over a body that is parsed each time, against Apache Velocity
1.7 on Java 17 and velocityjs on Node.js."""

import os
import shutil
import subprocess
from pathlib import Path

from figures import Row, Samples, Table, Verdict
from processes import BenchError

# A rendering may take this part of the CPU that it takes the peer.
TARGETS = {"velocity": 1 / 8, "velocityjs": 1 / 20}
PARSE_TARGET_US = 60
VELOCITYJS = "2.1.5"
# What Debian's packages velocity and libjsonpath-java bring.
JARS = [
    "velocity", "commons-collections3", "commons-lang", "json-path", "json-smart",
    "accessors-smart", "asm", "slf4j-api", "slf4j-nop",
]


def run(options, say):
    """Every engine in turn, round by round; an engine warms up for a second of CPU each time."""
    folder = options.root / "bench/templates"
    template, body = folder / "order.vtl", folder / "order.json"
    commands = {
        "velocity": velocity(options),
        "velocityjs": velocityjs(options, folder),
        "portico": portico(options),
    }
    costs = {name: [] for name in commands}
    parses, allocations = [], 0
    rounds = min(options.rounds, 3)
    for number in range(rounds):
        names = list(commands)
        for name in names if number % 2 == 0 else reversed(names):
            lines = rendered(commands[name] + [template, body, "1"])
            costs[name].append(1e6 / float(lines[0]))
            if name == "portico":
                parses.append(float(lines[1]) / 1000)
                allocations = int(lines[2])
            say(f"{name}: {costs[name][-1]:.2f} microseconds of CPU a rendering")
    rows = []
    for name, values in costs.items():
        ratios = {
            base: Samples([own / peer for own, peer in zip(values, costs[base])])
            for base in TARGETS if name == "portico"
        }
        rows.append(Row(name, Samples(values), ratios))
    verdicts = [
        Verdict(f"CPU a rendering, of {base}'s", rows[-1].ratios[base].median, limit)
        for base, limit in TARGETS.items()
    ]
    parse = Samples(parses)
    verdicts.append(Verdict("microseconds to parse the template", parse.median, PARSE_TARGET_US))
    lines = len(template.read_text().splitlines())
    notes = [
        f"{lines} lines of template, {body.stat().st_size:,} bytes of JSON, parsed by each rendering",
        f"portico: {allocations} allocations a rendering; the template parsed in {parse.text(1)} µs",
    ]
    return Table("templates", "Rendering a mapping template", "µs", 2, rows, verdicts, notes)


def rendered(command):
    """What an engine prints."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"{command[0]} fails: {done.stderr.strip()[-300:]}")
    return done.stdout.splitlines()


def need(tool, package):
    if shutil.which(tool) is None:
        raise BenchError(f"`{tool}` is not installed; Debian has it in {package}")


def velocity(options):
    """Compiles the Java program; the command that runs it."""
    need("javac", "openjdk-17-jdk-headless")
    jars = [Path(f"/usr/share/java/{name}.jar") for name in JARS]
    missing = [str(jar) for jar in jars if not jar.is_file()]
    if missing:
        raise BenchError(f"missing {', '.join(missing)}; Debian has them in velocity, libjsonpath-java")
    classes = options.folder / "velocity"
    path = ":".join(map(str, jars))
    source = options.root / "bench/velocity/Render.java"
    subprocess.run(["javac", "-cp", path, "-d", str(classes), str(source)], check=True)
    return ["java", "-cp", f"{path}:{classes}", "Render"]


def velocityjs(options, folder):
    """Installs the package from npm once; the command that runs its program."""
    need("node", "nodejs")
    home = options.root / "bench/.work" / f"velocityjs-{VELOCITYJS}"
    if not (home / "node_modules/velocityjs").is_dir():
        need("npm", "npm")
        home.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--silent", "--no-save", "--prefix", str(home)]
        subprocess.run([*words, f"velocityjs@{VELOCITYJS}"], check=True)
    return ["node", folder / "velocityjs.js", home / "node_modules"]


def portico(options):
    """Builds the example of the snapshot crate; the command that runs it."""
    words = ["cargo", "build", "--release", "--locked", "--quiet", "-p", "portico-snapshot"]
    subprocess.run([*words, "--example", "render"], cwd=options.root, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", options.root / "target"))
    return [target / "release/examples/render"]
