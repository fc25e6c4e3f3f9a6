"""Captures a daemon's traffic on the loopback interface and has tshark judge it."""

import collections
import os
import re
import signal
import subprocess
import time

from harness import LaneError, as_root

ERROR = 0x00800000  # expert severities of Wireshark: error; warnings and below are about TCP, or matters of taste
# Initiators ask for the first bytes of a page to learn its length; tshark cannot decode the cut page, and says "malformed".
PROBE_BYTES = 8

ISCSI_NAMES = {
    0x00: "NOP-Out", 0x01: "SCSI Command", 0x02: "TMF request", 0x03: "Login Request", 0x04: "Text Request", 0x05: "Data-Out",
    0x06: "Logout Request", 0x20: "NOP-In", 0x21: "SCSI Response", 0x22: "TMF response", 0x23: "Login Response",
    0x24: "Text Response", 0x25: "Data-In", 0x26: "Logout Response", 0x31: "R2T", 0x32: "Async Message", 0x3f: "Reject"}
NVME_NAMES = {
    0: "ICReq", 1: "ICResp", 2: "H2CTermReq", 3: "C2HTermReq", 4: "CapsuleCmd", 5: "CapsuleResp", 6: "H2CData", 7: "C2HData",
    9: "R2T"}


class Capture:
    """One capture of some ports, from start to stop. Needs root, or sudo."""

    def __init__(self, lane, name, iscsi_ports=(), nvme_ports=()):
        self.lane = lane
        self.name = name
        self.iscsi_ports = list(iscsi_ports)
        self.nvme_ports = list(nvme_ports)
        self.file = lane.path(name + ".pcap")
        self.log = name + ".tshark.log"
        self.process = None

    def start(self, max_packets=60000):
        ports = " or ".join("tcp port %d" % port for port in self.iscsi_ports + self.nvme_ports)
        self.process = self.lane.spawn(
            as_root() + ["tshark", "-i", "lo", "-B", "256", "-s", "0", "-w", self.file, "-c", str(max_packets), "-f", ports], self.log)
        self.await_log("Capture started", 15)
        return self

    def await_log(self, words, deadline):
        end = time.monotonic() + deadline
        while words not in self.log_text():
            if self.process.poll() is not None or time.monotonic() > end:
                raise LaneError("tshark does not capture: %s" % self.log_text())
            time.sleep(0.05)

    def log_text(self):
        with open(self.lane.path(self.log), errors="replace") as file:
            return file.read()

    def stop(self):
        """Ends the capture once the packets of the last second are written."""
        size = -1
        while self.process.poll() is None and size != os.path.getsize(self.file):
            size = os.path.getsize(self.file)
            time.sleep(1)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def judge(self, iscsi_expected=(), nvme_expected=()):
        """Checks: nothing dropped while capturing, nothing malformed, and the expected PDUs (names as above) seen."""
        lane = self.lane
        dropped = re.search(r"(\d+) packets? dropped", self.log_text())
        lane.check("%s: no packet lost while capturing" % self.name, not dropped, dropped and dropped.group(0))
        decode = []
        for port in self.iscsi_ports:
            decode += ["-d", "tcp.port==%d,iscsi" % port]
        for port in self.nvme_ports:
            decode += ["-d", "tcp.port==%d,nvme-tcp" % port]
        fields = ["frame.number", "iscsi.opcode", "nvme-tcp.type", "_ws.malformed", "_ws.expert.severity",
                  "_ws.expert.message", "iscsi.datasegmentlength"]
        command = as_root() + ["tshark", "-r", self.file] + decode + ["-T", "fields"]
        for field in fields:
            command += ["-e", field]
        output = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        lane.check("%s: tshark reads the capture" % self.name, output.returncode == 0, output.stderr.decode())
        iscsi, nvme, bad = collections.Counter(), collections.Counter(), []
        frames = probes = 0
        for line in output.stdout.decode("utf-8", "replace").splitlines():
            frame, opcodes, types, malformed, severities, messages, lengths = (line.split("\t") + [""] * 7)[:7]
            frames += 1
            iscsi.update(int(n, 0) & 0x3f for n in opcodes.split(",") if n)
            nvme.update(int(n, 0) for n in types.split(",") if n)
            if "Packet: SCSI]" in malformed and any(0 < int(n, 0) <= PROBE_BYTES for n in lengths.split(",") if n):
                probes += 1
            elif malformed or any(int(n, 0) >= ERROR for n in severities.split(",") if n):
                bad.append("frame %s: %s %s" % (frame, malformed, messages))
        for counts, names in ((iscsi, ISCSI_NAMES), (nvme, NVME_NAMES)):
            if counts:
                lane.tell("%s: %s" % (self.name, ", ".join(
                    "%d %s" % (n, names.get(code, hex(code))) for code, n in sorted(counts.items()))))
        if probes:
            lane.tell("%s: %d frames with an answer that the initiator asked to be cut to %d bytes or less are not judged" % (
                self.name, probes, PROBE_BYTES))
        lane.check("%s: nothing malformed in %d frames" % (self.name, frames), frames > 0 and not bad,
                   "%d bad: %s" % (len(bad), "; ".join(bad[:5])))
        for expected, counts, names in ((iscsi_expected, iscsi, ISCSI_NAMES), (nvme_expected, nvme, NVME_NAMES)):
            lacking = [name for name in expected if not any(counts[c] for c, n in names.items() if n == name)]
            if expected:
                lane.check("%s: the expected kinds of PDU are there" % self.name, not lacking, "lacking: %s" % lacking)
