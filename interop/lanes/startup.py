"""Start and refusal: ready within 2 seconds, and an error in the file named exactly."""

import os

from harness import GEMEL, file_volume

EXPECTED = 9
QUICK = True
READY_LIMIT_SECONDS = 2.0  # the project's promise, start of the launcher to the line "ready"

TYPO = """volumes:
  - {name: vol0, backend: {type: memory, size: 64MiB}}
iscsi:
  targets:
    - iqn: "iqn.2026-11.io.gemel:typo"
      luns: [{lun: 0, volume: vol0}]
      inititors: any
"""


def run(lane):
    daemon = lane.daemon([file_volume(lane, "vol0", "1GiB")])
    times = []
    for _ in range(3):  # the first start pays for a cold page cache
        daemon.start()
        times.append(daemon.ready_seconds)
        lane.check("clean stop on SIGTERM", daemon.stop() == 0, daemon.log_tail())
    lane.tell("start to ready: %s s" % ", ".join("%.2f" % t for t in times))
    lane.check("ready within %.0f s" % READY_LIMIT_SECONDS, min(times) < READY_LIMIT_SECONDS, times)

    file = lane.path("typo.yaml")
    with open(file, "w") as out:
        out.write(TYPO)
    for command in ("check", "serve"):
        status, output = lane.run([GEMEL, command, file], 30)
        lane.check("%s refuses a misspelt key with status 2" % command, status == 2, "%d\n%s" % (status, output))
        named = {
            "file": os.path.basename(file) in output,
            "line": any(":%d" % n in output or "line %d" % n in output for n in (7,)),
            "key found": "inititors" in output,
            "keys allowed": "initiators" in output and "digests" in output,
        }
        lane.check("%s names file, line, key and what is allowed" % command, all(named.values()),
                   "missing: %s in\n%s" % ([k for k, v in named.items() if not v], output))
    status, output = lane.run([GEMEL, "check", daemon.config_file], 30)
    lane.check("check accepts what serve serves", status == 0, output)
