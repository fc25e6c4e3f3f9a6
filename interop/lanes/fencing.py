"""Hosts of both protocols fence each other: sg_persist on a SCSI disk and nvme resv-* on a namespace that are one volume.

What the guest does stands in guest_fencing.sh; here is the daemon, and a look at what it says of its reservations.
"""

import os
import subprocess

from harness import IQN, NQN, ROOT, LaneError, as_root, file_volume
from lanes.guest import take

EXPECTED = 20
QUICK = True
TIMEOUT_SECONDS = 180


def run(lane):
    script = os.path.join(ROOT, "interop", "linux-guest")
    cache = os.environ.get("GUEST_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or "/var/tmp", "gemel-guest")
    status, output = lane.run(as_root() + ["env", "GUEST_CACHE=" + cache, os.path.join(script, "prepare")], 900)
    if status:
        raise LaneError("the guest could not be prepared:\n%s" % output)
    daemon = lane.daemon([file_volume(lane, "file512", "64MiB")]).start()
    ports = (daemon.iscsi_port, daemon.nvme_port)
    env = dict(os.environ, GUEST_CACHE=cache, GUEST_FORWARD=",".join(map(str, ports)), GUEST_TIMEOUT=str(TIMEOUT_SECONDS))
    with open(lane.path("guest.log"), "wb") as log:
        guest = subprocess.Popen(
            [os.path.join(script, "run"), os.path.join(ROOT, "interop", "lanes", "guest_fencing.sh")]
            + [str(port) for port in ports] + [IQN, NQN], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
    lane.processes.append(guest)
    status = guest.wait(TIMEOUT_SECONDS + 60)
    with open(lane.path("guest.log"), errors="replace") as log:
        for line in log:
            take(lane, line.rstrip("\n"))
    lane.check("the guest ended by itself", status == 0, "status %d; see guest.log" % status)
    daemon.check_stop()
