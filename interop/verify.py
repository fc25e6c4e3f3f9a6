"""What ./verify does once everything needed is installed. Logs go to interop/results."""

import glob
import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RESULTS = os.path.join(ROOT, "interop", "results")
RUN = os.path.join(ROOT, "interop", "run")

# The fewest tests of a lane; fewer is a failure. Raise them when tests are added; never lower them to make a run pass.
EXPECTED_UNIT = 1450
EXPECTED_NATIVE = 6


class Row:
    def __init__(self, lane):
        self.lane = lane
        self.passed = self.failed = self.skipped = 0
        self.notes = []
        self.started = time.monotonic()
        self.seconds = 0.0

    def fail(self, note):
        self.failed += 1
        self.notes.append(note)

    def end(self, expected):
        self.seconds = time.monotonic() - self.started
        ran = self.passed + self.failed + self.skipped
        if ran < expected:
            self.fail("only %d of at least %d tests ran" % (ran, expected))
        print("%s: %d passed, %d failed, %d skipped, %.0f s" % (
            self.lane, self.passed, self.failed, self.skipped, self.seconds), flush=True)
        for note in self.notes:
            print("  " + note, flush=True)
        return self


def jdks():
    """[(feature release, home)], newest first; only whole JDKs."""
    script = '. "%s/bin/find-jdk"; find_jdks' % ROOT
    lines = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    found = [(int(line.split(" ", 1)[0]), line.split(" ", 1)[1]) for line in lines]
    return [(feature, home) for feature, home in found if os.access(os.path.join(home, "bin", "javac"), os.X_OK)]


def chosen_jdks():
    """The oldest installed JDK (17 where there is one), and the newest installed long-term one (17, 21, 25, ...) if another."""
    found = jdks()
    if not found:
        sys.exit("verify: no JDK of release 17 or later found")
    oldest = found[-1]
    newest = next((jdk for jdk in found if (jdk[0] - 17) % 4 == 0), oldest)
    return [oldest] if newest == oldest else [oldest, newest]


def logged(command, name, env=None):
    log = os.path.join(RESULTS, name + ".log")
    with open(log, "wb") as file:
        return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, check=False,
                              env=dict(os.environ, **(env or {}))).returncode, log


def tail(log, lines=15):
    with open(log, errors="replace") as file:
        return "".join("  " + line for line in file.readlines()[-lines:])


def modules(feature, home):
    """Builds the reactor and runs its unit tests, format check included, on one JDK."""
    row = Row("modules, JDK %d" % feature)
    for report in glob.glob(os.path.join(ROOT, "*", "target", "surefire-reports", "TEST-*.xml")):
        os.remove(report)
    status, log = logged(["mvn", "-B", "-fae", "-Dmaven.test.failure.ignore=true", "verify"], "modules-jdk%d" % feature,
                         {"JAVA_HOME": home})
    for report in sorted(glob.glob(os.path.join(ROOT, "*", "target", "surefire-reports", "TEST-*.xml"))):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                row.fail("%s.%s" % (case.get("classname"), case.get("name")))
            elif case.find("skipped") is not None:
                row.skipped += 1
            else:
                row.passed += 1
    if status:
        row.fail("Maven ended with status %d; the end of %s:\n%s" % (status, os.path.relpath(log, ROOT), tail(log)))
    with open(log, errors="replace") as file:
        if "The forked VM terminated" in file.read():
            row.fail("a test JVM died: see %s" % os.path.relpath(log, ROOT))
    return row.end(EXPECTED_UNIT)


def native():
    row = Row("native, CTest")
    build = os.path.join(ROOT, "native", "build")
    status, log = logged(["bash", "-c", 'cd "$0" && exec ctest --output-on-failure', build], "native")
    with open(log, errors="replace") as file:
        for match in re.finditer(r"^ *\d+/\d+ Test +#\d+: (\S+) \.*(.*)$", file.read(), re.MULTILINE):
            if "Passed" in match.group(2):
                row.passed += 1
            elif "Skipped" in match.group(2):
                row.skipped += 1
            else:
                row.fail("%s: %s" % (match.group(1), match.group(2).strip()))
    if status and not row.failed:
        row.fail("ctest ended with status %d:\n%s" % (status, tail(log)))
    return row.end(EXPECTED_NATIVE)


def interop(name, quick, feature=None, home=None):
    """One interop lane, by the newest JDK, or by a given one."""
    row = Row("interop, %s%s" % (name, ", JDK %d" % feature if feature else ""))
    result_file = os.path.join(RESULTS, name + ".json")
    if os.path.exists(result_file):
        os.remove(result_file)
    env = dict(os.environ, **({"GEMEL_JAVA_HOME": home} if home else {}))
    status = subprocess.run([RUN, name] + (["--quick"] if quick else []), stdin=subprocess.DEVNULL, env=env,
                            check=False).returncode
    try:
        with open(result_file) as file:
            result = json.load(file)
        row.passed, row.failed, row.skipped = result["passed"], result["failed"], result["skipped"]
        row.notes = ["%s: %s" % (check, detail.replace("\n", " ")[:200]) for check, detail in result["failures"]]
    except OSError:
        row.fail("the lane left no result")
    if status and not row.failed:
        row.fail("the lane ended with status %d" % status)
    return row.end(1)


def main():
    quick = "--quick" in sys.argv[1:]
    os.makedirs(RESULTS, exist_ok=True)
    chosen = chosen_jdks()
    rows = []
    # the last JDK to build is the oldest, so that the lanes run what it compiled
    for feature, home in (chosen[:1] if quick else reversed(chosen)):
        print("modules, JDK %d (%s) ..." % (feature, home), flush=True)
        rows.append(modules(feature, home))
    rows.append(native())
    listing = subprocess.run([RUN, "--list-gate"] + (["--quick"] if quick else []), stdout=subprocess.PIPE, check=True)
    for name in listing.stdout.decode().split():
        rows.append(interop(name, quick))
    if not quick and len(chosen) > 1:
        # the build made the class archive for the newest JDK only; this one shall start as fast
        logged([os.path.join(ROOT, "bin", "gemel"), "training-run"], "training-run", {"GEMEL_JAVA_HOME": chosen[0][1]})
        for name in ("startup", "tshark"):
            rows.append(interop(name, True, *chosen[0]))

    width = max(len(row.lane) for row in rows)
    print("\n%-*s  %7s %7s %7s %8s" % (width, "lane", "passed", "failed", "skipped", "seconds"))
    for row in rows:
        print("%-*s  %7d %7d %7d %8.0f%s" % (width, row.lane, row.passed, row.failed, row.skipped, row.seconds,
                                             "   <-- FAILED" if row.failed else ""))
    totals = [sum(getattr(row, kind) for row in rows) for kind in ("passed", "failed", "skipped")]
    print("\n%d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
