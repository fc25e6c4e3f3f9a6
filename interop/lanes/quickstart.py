"""The README's first command, as a user meets it: it prints working commands and stops cleanly on ctrl-C."""

import os
import re
import signal
import subprocess
import time

from harness import ROOT, free_ports

EXPECTED = 7
QUICK = True
DEADLINE_SECONDS = 300  # includes a build


def run(lane):
    lane.need("iscsi-ls", "iscsi-inq")
    ports = dict(zip(("iscsi", "nvme", "discovery", "http"), free_ports(4)))
    command = [os.path.join(ROOT, "quickstart")]
    for name, port in ports.items():
        command += ["--%s-port" % name, str(port)]
    # a shell cannot trap what was ignored when it began, as SIGINT is in the background jobs of some callers
    process = lane.spawn(command, "quickstart.log", start_new_session=True,
                         preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    end = time.monotonic() + DEADLINE_SECONDS
    text = ""
    while time.monotonic() < end and process.poll() is None and "Ctrl-C stops it" not in text:
        time.sleep(0.1)
        with open(lane.path("quickstart.log"), errors="replace") as file:
            text = file.read()
    if not lane.check("serves and says so", "Ctrl-C stops it" in text, text):
        return

    def printed(pattern):
        found = re.search(r"^ +(%s.*)$" % pattern, text, re.MULTILINE)
        return found.group(1) if found else None

    for tool in ("iscsi-ls", "iscsi-inq"):
        line = printed(tool)
        status, output = lane.run(line.split(), 20) if line else (1, "not printed")
        lane.check("the printed %s command works" % tool, status == 0, output)
    for words in ("iscsiadm -m discovery .*:%d" % ports["iscsi"], "iscsiadm -m node .*--login",
                  "nvme connect .* -s %d" % ports["nvme"]):
        lane.check("prints %s" % words.split(" .*")[0], printed(words) is not None, text)
    os.killpg(process.pid, signal.SIGINT)
    try:
        status = process.wait(20)
    except subprocess.TimeoutExpired:
        status = None
    with open(lane.path("quickstart.log"), errors="replace") as file:
        lane.check("ctrl-C stops it cleanly", status == 0, "status %s\n%s" % (status, file.read()))
