"""Gemel beside Debian's tgt: 4 KiB random reads at queue depth 32, one core for the target, the same client on another.

Belongs to no gate, for a shared machine's speed proves nothing; its figures go into docs/PERFORMANCE.md. The runs are
interleaved, so that what else the machine does hits all alike; the figure of each is the median. Both targets serve memory:
tgt a file in /dev/shm, Gemel a memory volume.
"""

import json
import os
import statistics
import subprocess

from harness import GEMEL, IQN, NQN, LaneError, await_port, free_ports

EXPECTED = 5
QUICK = False
ROUNDS = 5
SECONDS = 6
WARM_UP_SECONDS = 15  # of each Gemel arm, before the first round: the JIT compiler's time
CONTROL_PORT = 97  # tgtd's control socket, apart from a tgtd that the machine may run
TGT_IQN = "iqn.2026-11.io.gemel:peer"
SIZE_MIB = 256


class Tgt:
    """A tgtd of our own. Owner: the lane."""

    def __init__(self, lane, prefix):
        self.port = free_ports(1)[0]
        self.image = "/dev/shm/gemel-peer-%d.img" % os.getpid()
        with open(self.image, "wb") as file:  # written, so that its reads copy real pages, as a memory volume's do
            for _ in range(SIZE_MIB):
                file.write(os.urandom(1 << 20))
        self.process = lane.spawn(prefix + ["tgtd", "-f", "-C", str(CONTROL_PORT), "--iscsi",
                                            "portal=127.0.0.1:%d" % self.port], "tgtd.log")
        if not await_port(self.port):
            raise LaneError("tgtd does not listen")
        for step in (["--mode", "target", "--op", "new", "--tid", "1", "-T", TGT_IQN],
                     ["--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun", "1", "-b", self.image],
                     ["--mode", "target", "--op", "bind", "--tid", "1", "-I", "ALL"]):
            subprocess.run(["tgtadm", "-C", str(CONTROL_PORT), "--lld", "iscsi"] + step, check=True)

    def close(self):
        self.process.kill()  # tgtd stays on SIGTERM while a target is defined
        self.process.wait()
        os.remove(self.image)


def run(lane):
    lane.need("tgtd", "tgtadm", "taskset")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise LaneError("two cores are needed: one for the target, one for the client")
    target_core, client_core = ["taskset", "-c", str(cores[0])], ["taskset", "-c", str(cores[1])]
    daemon = lane.daemon([{"name": "vol0", "backend": {"type": "memory", "size": "%dMiB" % SIZE_MIB}}], prefix=target_core,
                         data_path={"lanes": 1})
    daemon.start()
    tgt = Tgt(lane, target_core)
    try:
        arms = {
            "tgt, iSCSI": ["--protocol", "iscsi", "--target", "127.0.0.1:%d" % tgt.port, "--name", TGT_IQN, "--lun", "1"],
            "Gemel, iSCSI": ["--protocol", "iscsi", "--target", "127.0.0.1:%d" % daemon.iscsi_port, "--name", IQN],
            "Gemel, NVMe/TCP": ["--protocol", "nvme", "--target", "127.0.0.1:%d" % daemon.nvme_port, "--name", NQN],
        }
        figures = {arm: [] for arm in arms}
        fill(lane, client_core, arms["Gemel, iSCSI"])
        for arm in ("Gemel, iSCSI", "Gemel, NVMe/TCP"):
            bench(lane, client_core, arms[arm], WARM_UP_SECONDS)
        for _ in range(ROUNDS):
            for arm, arguments in arms.items():
                figures[arm].append(bench(lane, client_core, arguments, SECONDS))
        medians = {arm: statistics.median(r["iops"] for r in runs) for arm, runs in figures.items()}
        for arm, runs in figures.items():
            lane.tell("%-16s median %7.0f IOPS (%s)" % (arm, medians[arm], ", ".join("%.0f" % r["iops"] for r in runs)))
            lane.check("%s: no errors" % arm, all(not r.get("errors") for r in runs), runs)
        ratio = medians["Gemel, iSCSI"] / medians["tgt, iSCSI"]
        lane.tell("Gemel's iSCSI by tgt's: %.2f; Gemel's NVMe/TCP by its iSCSI: %.2f" % (
            ratio, medians["Gemel, NVMe/TCP"] / medians["Gemel, iSCSI"]))
        lane.check("iSCSI at least 2 times tgt's", ratio >= 2, "%.2f" % ratio)
        lane.check("NVMe/TCP at least as many as iSCSI", medians["Gemel, NVMe/TCP"] >= medians["Gemel, iSCSI"], medians)
    finally:
        tgt.close()


def fill(lane, prefix, arguments):
    """Writes the whole volume once, as tgt's image is."""
    command = prefix + [GEMEL, "bench"] + arguments + ["--op", "write", "--size", "256KiB", "--depth", "8", "--sequential",
                                                       "--seconds", "3"]
    status, output = lane.run(command, 60)
    if status:
        raise LaneError("the volume could not be filled:\n%s" % output)


def bench(lane, prefix, arguments, seconds):
    """One run of the load generator; returns its JSON."""
    command = prefix + [GEMEL, "bench"] + arguments + ["--op", "read", "--size", "4KiB", "--depth", "32", "--connections", "1",
                                                       "--seconds", str(seconds), "--json"]
    status, output = lane.run(command, seconds + 60)
    if status:
        raise LaneError("%s ended with status %d:\n%s" % (" ".join(command), status, output))
    return json.loads(output[output.index("{"):output.rindex("}") + 1])
