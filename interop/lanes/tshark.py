"""Sessions of both protocols, captured on the loopback interface: tshark finds no malformed packet."""

import os

from capture import Capture
from harness import IQN, NQN, file_volume
from initiators import Iscsi, Nvme

EXPECTED = 13
QUICK = True

# Suites that together use most commands with few packets. Of ReadCapacity16 only this one: the others ask for truncated
# answers, which tshark, rightly, cannot decode.
SUITES = ["SCSI.Inquiry", "SCSI.ModeSense6", "SCSI.Read10.Simple", "SCSI.ReadCapacity16.Simple", "SCSI.TestUnitReady",
          "SCSI.Unmap.Simple", "SCSI.Verify10.Simple", "SCSI.Write10.Simple", "SCSI.Write16.Simple",
          "SCSI.WriteSame10.Simple", "SCSI.WriteSame16.Simple"]


def run(lane):
    lane.need("tshark", "iscsi-test-cu", "iscsi-ls")
    daemon = lane.daemon([file_volume(lane, "vol0", "256MiB")]).start()

    capture = Capture(lane, "iscsi", iscsi_ports=[daemon.iscsi_port]).start()
    status, output = lane.run(["iscsi-ls", "-s", "iscsi://127.0.0.1:%d/" % daemon.iscsi_port], 20)
    lane.check("iscsi-ls finds the target", status == 0 and IQN in output, output)
    for suite in SUITES:
        lane.run(["iscsi-test-cu", "-d", "-s", "-t", suite, daemon.iscsi_url()], 60)
    session = Iscsi(daemon.iscsi_port, IQN)
    lane.check("iSCSI reads what it wrote", exchange(session))
    session.close()
    capture.stop()
    capture.judge(iscsi_expected=["SCSI Command", "Login Request", "Text Request", "Data-Out", "Logout Request", "SCSI Response",
                                  "Login Response", "Text Response", "Data-In", "R2T", "Logout Response"])

    capture = Capture(lane, "nvme", nvme_ports=[daemon.nvme_port]).start()
    host = Nvme(daemon.nvme_port, NQN)
    lane.check("NVMe reads what it wrote", exchange(host))
    host.close()
    capture.stop()
    capture.judge(nvme_expected=["ICReq", "ICResp", "CapsuleCmd", "CapsuleResp", "H2CData", "C2HData", "R2T"])
    daemon.check_stop()


def exchange(initiator):
    """Writes and reads back 1 to 128 blocks at odd addresses; returns whether all came back."""
    same = True
    for count in (1, 3, 7, 8, 16, 63, 128):
        data = os.urandom(count * 512)
        initiator.write(count * 1001, data, 512)
        same = same and initiator.read(count * 1001, count, 512) == data
    initiator.flush()
    return same
