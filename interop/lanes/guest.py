"""A Linux guest with the kernel's own initiators, on the same volumes by both protocols at once.

What the guest does stands in guest_both.sh; here is the host's side of it: the daemon, the captures, and the restarts that the
guest asks for by files in a shared folder.
"""

import os
import subprocess
import time

from capture import Capture
from harness import IQN, NQN, ROOT, LaneError, as_root, file_volume, say, which

EXPECTED = 100
# (a machine without loop devices to give makes 105, with one skip; others 132)
EXPECTED_QUICK = 50
QUICK = True
TIMEOUT_SECONDS = 1500
TIMEOUT_QUICK_SECONDS = 300

ISCSI_PDUS = ["SCSI Command", "Login Request", "Data-Out", "SCSI Response", "Login Response", "Data-In", "R2T"]
DISCOVERY_PDUS = ["Text Request", "Text Response"]
NVME_PDUS = ["ICReq", "ICResp", "CapsuleCmd", "CapsuleResp", "H2CData", "C2HData", "R2T"]


def run(lane):
    script = os.path.join(ROOT, "interop", "linux-guest")
    cache = os.environ.get("GUEST_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or "/var/tmp", "gemel-guest")
    prepare = ["env", "GUEST_CACHE=" + cache, os.path.join(script, "prepare")]
    status, output = lane.run(as_root() + prepare, 900)
    if status:
        raise LaneError("the guest could not be prepared:\n%s" % output)
    share = lane.path("share")
    os.mkdir(share)
    volumes = [file_volume(lane, "file512", "512MiB")]
    loop = None
    if not lane.quick:
        volumes.append(file_volume(lane, "file4096", "512MiB", blockSize=4096))
        loop = loop_device(lane, 512)
        if loop:
            volumes.append({"name": "loop512", "backend": {"type": "block", "path": loop}})
    try:
        daemon = lane.daemon(volumes).start()
        host(lane, daemon, volumes, script, cache, share)
        daemon.check_stop()
    finally:
        if loop:
            daemon.kill()
            subprocess.run([which("losetup"), "-d", loop], check=False)


def loop_device(lane, mib):
    """A loop device over a sparse file, None (and a skip) where this machine has none to give to us."""
    if os.geteuid() != 0:
        lane.skip("block backend on a loop device", "the daemon must be root to open it")
        return None
    image = lane.path("loop.img")
    with open(image, "wb") as file:
        file.truncate(mib << 20)
    status, output = lane.run([which("losetup"), "--find", "--show", "--direct-io=on", image], 20)
    if status:
        lane.skip("block backend on a loop device", output.strip())
        return None
    return output.strip()


def host(lane, daemon, volumes, script, cache, share):
    ports = (daemon.iscsi_port, daemon.nvme_port, daemon.discovery_port)
    described = " ".join("%s:%d:%d" % (v["name"], i, v.get("blockSize", 512)) for i, v in enumerate(volumes))
    timeout = TIMEOUT_QUICK_SECONDS if lane.quick else TIMEOUT_SECONDS
    env = dict(os.environ, GUEST_CACHE=cache, GUEST_SHARE=share, GUEST_FORWARD=",".join(map(str, ports)), GUEST_TIMEOUT=str(timeout))
    capture = None
    with open(lane.path("guest.log"), "wb") as log:
        guest = subprocess.Popen(
            [os.path.join(script, "run"), os.path.join(ROOT, "interop", "lanes", "guest_both.sh")]
            + [str(port) for port in ports] + [IQN, NQN, described, "1" if lane.quick else "0"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
    lane.processes.append(guest)
    seen = 0
    while True:
        ended = guest.poll() is not None
        with open(lane.path("guest.log"), errors="replace") as log:
            lines = log.read().split("\n")
        for line in lines[seen:len(lines) - 1]:
            take(lane, line)
        seen = max(seen, len(lines) - 1)
        if ended:
            break
        for name in os.listdir(share):
            if name.startswith("ask."):
                what = name[len("ask."):]
                capture = answer(lane, daemon, what, capture)
                os.remove(os.path.join(share, name))
                with open(os.path.join(share, "done." + what), "w"):
                    pass
        time.sleep(0.2)
    if capture:
        capture.stop()
    lane.check("the guest ended by itself", guest.returncode == 0, "status %d; see guest.log" % guest.returncode)


def take(lane, line):
    if not line.startswith("RESULT "):
        if line.strip():
            say("  guest: " + line)
        return
    kind, rest = line[len("RESULT "):].split(" ", 1)
    name, _, detail = rest.partition(" | ")
    if kind == "skipped":
        lane.skip(name, detail)
    else:
        lane.check(name, kind == "passed", detail)


def answer(lane, daemon, what, capture):
    """Does what the guest asked for; returns the capture that runs afterwards, if any."""
    if what.startswith("capture-"):
        return Capture(lane, "guest-digests-" + what[len("capture-"):], [daemon.iscsi_port], [daemon.nvme_port]).start()
    if what.startswith("judge-"):
        capture.stop()
        capture.judge(ISCSI_PDUS + (DISCOVERY_PDUS if what == "judge-off" else []), NVME_PDUS)
        return None
    if what == "restart":
        lane.check("restart: clean stop on SIGTERM", daemon.stop() == 0, daemon.log_tail())
    elif what == "crash":
        daemon.kill()
    else:
        raise LaneError("the guest asks for '%s'" % what)
    daemon.start()
    return capture
