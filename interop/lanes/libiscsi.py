"""iscsi-test-cu, the conformance suite of libiscsi, against a thin, a 4096-byte-block and a read-only LUN.

The tool calls a test that it skipped "passed"; here such a test counts as skipped. A test without a verdict (the tool died,
or hung) counts as failed.
"""

import os
import re
import subprocess

from harness import MIB, ROOT, file_volume

EXPECTED = 3 * 230  # the tests of libiscsi 1.19
EXPECTED_QUICK = EXPECTED
QUICK = True
TIMEOUT_SECONDS = 240

LUNS = [
    ("thin", "256MiB", {}),
    ("4096-byte blocks", "256MiB", {"blockSize": 4096}),
    ("read-only", "64MiB", {"readOnly": True}),
]

# What the tool prints for each of the outcomes, and for a suite whose clean-up talks behind the verdict.
SAMPLE = """Suite: A
  Test: Plain ...passed
  Test: Talks ...    [WARNING] odd
passed
  Test: Skips ...    [SKIPPED] X is not implemented.
    [SKIPPED] X is not implemented.
passed
Suite: B
  Test: Fails ...    [FAILED] wrong sense
FAILED
    1. test.c:54  - CU_ASSERT_EQUAL(_r,0)
  Test: Late ...passed    [SKIPPED] by the clean-up
  Test: Dies ...    [FAILED] no answer
Run Summary:    Type  Total    Ran Passed Failed Inactive
"""
SAMPLE_OUTCOMES = [("A.Plain", "passed"), ("A.Talks", "passed"), ("A.Skips", "skipped"), ("B.Fails", "failed"),
                   ("B.Late", "passed"), ("B.Dies", "failed")]


class Test:
    def __init__(self, suite, name):
        self.suite = suite
        self.name = name
        self.verdict = "none"
        self.lines = []

    def kind(self):
        if self.verdict == "passed":
            return "skipped" if any("[SKIPPED]" in line for line in self.lines) else "passed"
        return "failed"


def parse(text):
    """The tests in iscsi-test-cu's verbose output, in order.

    A verdict stands behind "...", at the end of a message, or on a line of its own; the suite's clean-up may talk behind it.
    """
    tests = []
    suite = test = None
    for line in text.splitlines():
        match = re.match(r"Suite: (\S+)", line)
        if match:
            suite = match.group(1)
            continue
        match = re.match(r"  Test: (\S+) \.\.\.(.*)", line)
        if match:
            test = Test(suite, match.group(1))
            tests.append(test)
            line = match.group(2)
        elif line.startswith("Run Summary:"):
            break
        word = line.strip()
        if test is None or not word:
            continue
        verdict = re.search(r"^(passed|FAILED)\b|(passed|FAILED)$", word)
        if test.verdict != "none":  # what follows the verdict: the assertions that failed, or the suite's clean-up
            if re.match(r"\d+\. ", word):
                test.lines.append(word)
        elif verdict:
            test.verdict = verdict.group(0)
        else:
            test.lines.append(word)
    return tests


def later_suites():
    with open(os.path.join(ROOT, "interop", "lanes", "libiscsi-later.txt")) as file:
        return {line.split()[0] for line in file if line.strip() and not line.startswith("#")}


def listed():
    """The names SUITE.TEST that this version of the tool has."""
    output = subprocess.run(["iscsi-test-cu", "--list"], stdout=subprocess.PIPE, check=False).stdout.decode()
    return [m.group(1) for m in re.finditer(r"^ALL\.([^.\s]+\.\S+)$", output, re.MULTILINE)]


def run(lane):
    lane.need("iscsi-test-cu")
    names = listed()
    later = later_suites()
    outcomes = [("%s.%s" % (t.suite, t.name), t.kind()) for t in parse(SAMPLE)]
    lane.check("the outcomes of a sample are told apart", outcomes == SAMPLE_OUTCOMES, outcomes)
    lane.check("the tool lists its tests", len(names) >= 230, len(names))
    volumes = [file_volume(lane, "lun%d" % i, size, **more) for i, (_, size, more) in enumerate(LUNS)]
    with open(lane.path("lun2.img"), "wb") as file:  # what is read-only must be there
        file.truncate(64 * MIB)
    daemon = lane.daemon(volumes).start()
    table = {}
    for lun, (kind, _, more) in enumerate(LUNS):
        table[kind] = suites(lane, daemon.iscsi_url(lun), kind, "readOnly" in more, names, later)
        if not daemon.alive():
            lane.check("the daemon survives", False, daemon.log_tail())
            daemon.start()
    daemon.check_stop()
    write_table(lane, table, later)


def writes(suite, test):
    """Whether a test begins by writing, and so cannot pass on a read-only LUN."""
    return (suite.startswith("Write") or suite in ("CompareAndWrite", "OrWrite") or test.startswith(("Write", "AbortTask"))
            or writes_512_bytes(suite, test))


def writes_512_bytes(suite, test):
    """Whether a test writes 512 bytes for a block, whatever the LUN's blocks are (verify_write_works in the suite's source):
    with larger blocks 5/0E03h is the right answer."""
    return suite == "ProutReserve" and test.startswith("Access")


def suites(lane, url, kind, read_only, names, later):
    """Runs every test on one LUN; returns {suite: [passed, skipped, failed]}."""
    log = "libiscsi-%s.log" % re.sub(r"\W+", "-", kind)
    # line-buffered by stdbuf, so that a crash of the tool loses nothing of what it said
    status, text = lane.run(["stdbuf", "-oL", "iscsi-test-cu", "-d", "-v", "-t", "ALL", url], TIMEOUT_SECONDS, log)
    tests = {"%s.%s" % (t.suite, t.name): t for t in parse(text)}
    rows = {}
    for name in names:
        suite_name, test_name = name.split(".", 1)
        test = tests.get(name) or Test(suite_name, test_name)
        row = rows.setdefault(suite_name, [0, 0, 0])
        outcome = test.kind()
        if read_only and outcome == "failed" and test.verdict != "none" and writes(suite_name, test_name):
            outcome = "skipped"
        if "4096" in kind and outcome == "failed" and test.verdict != "none" and writes_512_bytes(suite_name, test_name):
            outcome = "skipped"
        row[("passed", "skipped", "failed").index(outcome)] += 1
        label = "%s: %s" % (kind, name)
        if outcome == "failed" and suite_name in later:
            lane.results.append(("skipped", label, "its command comes later"))
        elif outcome == "failed":
            reason = "no verdict (status %d)" % status if test.verdict == "none" else ""
            lane.check(label, False, "; ".join([reason] + test.lines[:6]))
        else:
            lane.results.append((outcome, label, ""))
    totals = [sum(row[i] for row in rows.values()) for i in range(3)]
    waived = sum(rows[s][2] for s in rows if s in later)
    lane.tell("%s: %d tests, %d passed, %d skipped, %d failed (%d of them in suites that come later)" % (
        kind, sum(totals), *totals, waived))
    for extra in sorted(set(tests) - set(names)):
        lane.check("%s: unlisted test %s" % (kind, extra), False)
    return rows


def write_table(lane, table, later):
    """interop/results/libiscsi.md: the table of docs/CONFORMANCE.md."""
    kinds = list(table)
    lines = ["| suite | " + " | ".join(kinds) + " |", "|---|" + "---|" * len(kinds)]
    for name in next(iter(table.values())):
        cells = [" / ".join(str(n) for n in table[kind][name]) for kind in kinds]
        lines.append("| %s%s | %s |" % (name, " *" if name in later else "", " | ".join(cells)))
    totals = [" / ".join(str(sum(row[i] for row in table[kind].values())) for i in range(3)) for kind in kinds]
    lines.append("| **all** | " + " | ".join(totals) + " |")
    folder = os.path.join(ROOT, "interop", "results")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "libiscsi.md"), "w") as file:
        file.write("passed / skipped / failed; * marks suites whose commands come later\n\n" + "\n".join(lines) + "\n")
