"""Two small synchronous initiators: enough of iSCSI and NVMe/TCP to write, read, flush, and misbehave. For tests only.

Both raise ConnectionError when the peer goes away and ProtocolError when it answers what it should not.
Block addresses and counts are in blocks of the volume's size.
"""

import socket
import struct
import time

CONNECT_CONTROLLER_BUSY = 0x181  # status code type 1h, status code 81h: may be tried again


class ProtocolError(Exception):
    pass


class ControllerBusy(ProtocolError):
    pass


class Stream:
    """A TCP connection that is read in exact lengths."""

    def __init__(self, port, timeout):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, length):
        data = bytearray()
        while len(data) < length:
            piece = self.socket.recv(length - len(data))
            if not piece:
                raise ConnectionResetError("the peer closed the connection")
            data += piece
        return bytes(data)

    def close(self):
        self.socket.close()


class Iscsi:
    """One iSCSI session of one connection, RFC 7143; up to 8 KiB of immediate data, the rest by R2T; one command at a time."""

    FIRST_BURST = 8192  # bytes, which every target takes in one PDU (the default MaxRecvDataSegmentLength)

    def __init__(self, port, iqn, lun=0, name="iqn.2026-11.io.gemel:python", isid=1, timeout=10):
        self.stream = Stream(port, timeout)
        self.lun = lun
        self.cmd_sn = 1
        self.exp_stat_sn = 0
        self.tag = 0
        keys = ("InitiatorName=%s" % name, "TargetName=%s" % iqn, "SessionType=Normal", "HeaderDigest=None",
                "DataDigest=None", "InitialR2T=Yes", "ImmediateData=Yes", "MaxRecvDataSegmentLength=262144",
                "MaxBurstLength=262144", "FirstBurstLength=%d" % self.FIRST_BURST, "MaxConnections=1", "MaxOutstandingR2T=1",
                "DefaultTime2Wait=0", "DefaultTime2Retain=0", "ErrorRecoveryLevel=0", "DataPDUInOrder=Yes",
                "DataSequenceInOrder=Yes")
        data = b"".join(key.encode() + b"\0" for key in keys)
        # Login Request, RFC 7143 section 11.12: T, CSG operational negotiation (1), NSG full feature phase (3)
        bhs = struct.pack(">BBBB4s6sHI", 0x43, 0x87, 0, 0, length24(data), b"\x80\0\0\0\0" + bytes([isid & 0xff]), 0, 0)
        bhs += struct.pack(">HHII16x", 0, 0, self.cmd_sn, 0)
        self.stream.send(bhs + padded(data))
        answer, _ = self.read_pdu()
        if answer[0] & 0x3f != 0x23 or answer[36] != 0:
            raise ProtocolError("login refused: opcode %#x, status class %d" % (answer[0], answer[36]))
        if answer[1] & 0x83 != 0x83:
            raise ProtocolError("login does not lead to the full feature phase: flags %#x" % answer[1])

    def read_pdu(self):
        bhs = self.stream.receive(48)
        length = int.from_bytes(bhs[5:8], "big")
        data = self.stream.receive((length + 3) & ~3)[:length]
        if bhs[4]:
            raise ProtocolError("unexpected additional header segment")
        if bhs[0] & 0x3f not in (0x31,) and not (bhs[0] & 0x3f == 0x25 and not bhs[1] & 1):
            self.exp_stat_sn = (int.from_bytes(bhs[24:28], "big") + 1) & 0xffffffff
        return bhs, data

    def command(self, cdb, write=b"", read_length=0):
        """Runs one SCSI command; returns (status, data in, sense data)."""
        self.tag += 1
        flags = 0x80 | (0x20 if write else 0) | (0x40 if read_length else 0) | 1
        immediate = write[:self.FIRST_BURST]
        bhs = struct.pack(">BBH4sBB6xIIII", 0x01, flags, 0, length24(immediate), 0, self.lun, self.tag,
                          len(write) or read_length, self.cmd_sn, self.exp_stat_sn) + cdb.ljust(16, b"\0")
        self.cmd_sn = (self.cmd_sn + 1) & 0xffffffff
        self.stream.send(bhs + padded(immediate))
        received = bytearray()
        while True:
            answer, data = self.read_pdu()
            opcode = answer[0] & 0x3f
            if opcode == 0x20:  # NOP-In: a ping must be answered
                if answer[20:24] != b"\xff\xff\xff\xff":
                    self.stream.send(struct.pack(">BB6x8sI4sII16x", 0x40, 0x80, answer[8:16], 0xffffffff, answer[20:24],
                                                 self.cmd_sn, self.exp_stat_sn))
                continue
            if int.from_bytes(answer[16:20], "big") != self.tag:
                raise ProtocolError("answer to another task: opcode %#x" % opcode)
            if opcode == 0x25:
                received += data
                if answer[1] & 1:
                    return answer[3], bytes(received), b""
            elif opcode == 0x31:
                self.data_out(answer, write)
            elif opcode == 0x21:
                return answer[3], bytes(received), data[2:]
            else:
                raise ProtocolError("unexpected opcode %#x" % opcode)

    def data_out(self, r2t, write):
        """Answers an R2T, RFC 7143 section 11.8, in pieces of FIRST_BURST bytes."""
        offset, length = struct.unpack_from(">II", r2t, 40)
        end = offset + length
        for sequence, start in enumerate(range(offset, end, self.FIRST_BURST)):
            piece = write[start:min(start + self.FIRST_BURST, end)]
            final = 0x80 if start + len(piece) == end else 0
            self.stream.send(struct.pack(">BBH4s8sI4s4xI4xII4x", 0x05, final, 0, length24(piece), r2t[8:16], self.tag,
                                         r2t[20:24], self.exp_stat_sn, sequence, start) + padded(piece))

    def _retried(self, *arguments, **options):
        for _ in range(4):  # unit attentions of a new nexus
            status, data, sense = self.command(*arguments, **options)
            if status != 2 or len(sense) < 3 or sense[2] & 0xf != 6:
                break
        if status:
            raise ProtocolError("SCSI status %#x, sense %s" % (status, sense.hex()))
        return data

    def write(self, lba, data, block_size, fua=False):
        self._retried(struct.pack(">BBQIBB", 0x8a, 8 if fua else 0, lba, len(data) // block_size, 0, 0), write=data)

    def read(self, lba, count, block_size):
        return self._retried(struct.pack(">BBQIBB", 0x88, 0, lba, count, 0, 0), read_length=count * block_size)

    def flush(self):
        self._retried(struct.pack(">BBIBHB", 0x35, 0, 0, 0, 0, 0))

    def close(self):
        self.stream.close()


class NvmeQueue:
    """One queue pair of an NVMe/TCP controller: a connection, initialized (NVMe/TCP Transport, ICReq and ICResp)."""

    def __init__(self, port, timeout):
        self.stream = Stream(port, timeout)
        self.tag = 0
        self.stream.send(struct.pack("<BBBBI", 0, 0, 128, 0, 128) + bytes(120))
        header, answer = self.read_pdu()
        if header[0] != 1:
            raise ProtocolError("no ICResp: type %d" % header[0])
        self.maxh2cdata = int.from_bytes(answer[12:16], "little")

    def read_pdu(self):
        header = self.stream.receive(8)
        length = int.from_bytes(header[4:8], "little")
        if length < 8 or length > 2 << 20:
            raise ProtocolError("PDU length %d" % length)
        return header, header + self.stream.receive(length - 8)

    def command(self, sqe, write=b"", in_capsule=False):
        """Runs one command; sqe is 64 bytes, its tag and its SGL are filled in here. Returns (status field, CQE, data)."""
        self.tag = (self.tag + 1) & 0xffff
        sqe = bytearray(sqe)
        sqe[1] = 0x40  # PSDT: SGL
        sqe[2:4] = struct.pack("<H", self.tag)
        if in_capsule:
            sqe[24:40] = struct.pack("<QI3xB", 0, len(write), 0x01)  # data block, offset
            self.stream.send(struct.pack("<BBBBI", 4, 0, 72, 72, 72 + len(write)) + sqe + write)
        else:
            length = len(write) or self.read_length
            if length:
                sqe[24:40] = struct.pack("<QI3xB", 0, length, 0x5a)  # transport data block
            self.stream.send(struct.pack("<BBBBI", 4, 0, 72, 0, 72) + sqe)
        received = bytearray()
        while True:
            header, pdu = self.read_pdu()
            if header[0] == 5:
                cqe = pdu[8:24]
                if int.from_bytes(cqe[12:14], "little") != self.tag:
                    raise ProtocolError("completion of another command")
                return int.from_bytes(cqe[14:16], "little") >> 1, cqe, bytes(received)
            if header[0] == 7:
                received += pdu[header[3]:]
                if header[1] & 8:  # SUCCESS: no completion follows
                    return 0, bytes(16), bytes(received)
            elif header[0] == 9:
                cccid, ttag, offset, length = struct.unpack_from("<HHII", pdu, 8)
                for start in range(offset, offset + length, self.maxh2cdata):
                    piece = write[start:min(start + self.maxh2cdata, offset + length)]
                    last = 4 if start + len(piece) == offset + length else 0
                    self.stream.send(struct.pack("<BBBBIHHII4x", 6, last, 24, 24, 24 + len(piece), cccid, ttag, start,
                                                 len(piece)) + piece)
            else:
                raise ProtocolError("unexpected PDU type %d" % header[0])

    read_length = 0

    def connect(self, nqn, host_nqn, host_id, qid, cntlid, entries, kato_ms):
        data = (host_id + struct.pack("<H", cntlid)).ljust(256, b"\0")
        data += nqn.encode().ljust(256, b"\0") + host_nqn.encode().ljust(256, b"\0") + bytes(256)
        sqe = bytearray(64)
        sqe[0] = 0x7f
        sqe[4] = 0x01
        sqe[40:56] = struct.pack("<HHHBxII", 0, qid, entries - 1, 0, kato_ms, 0)
        status, cqe, _ = self.command(sqe, data, in_capsule=True)
        if status == CONNECT_CONTROLLER_BUSY:
            raise ControllerBusy("Connect of queue %d: controller busy" % qid)
        if status:
            raise ProtocolError("Connect of queue %d refused: %#x" % (qid, status))
        return int.from_bytes(cqe[0:2], "little")

    def close(self):
        self.stream.close()


class Nvme:
    """A host with one admin queue and one I/O queue, one command at a time."""

    def __init__(self, port, nqn, nsid=1, host_nqn="nqn.2026-11.io.gemel:python", host_id=b"gemel-python-000", timeout=10):
        self.nsid = nsid
        deadline = time.monotonic() + timeout
        while True:
            self.admin = NvmeQueue(port, timeout)
            try:
                cntlid = self.admin.connect(nqn, host_nqn, host_id, 0, 0xffff, 32, 120000)
                break
            except ControllerBusy:  # commands of this host's last association are still on their way to the medium
                self.admin.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.property_set(0x14, 0x00460001)  # CC: enable, 64-byte SQEs, 16-byte CQEs
        for _ in range(1000):
            csts = self.property_get(0x1c)
            if csts & 1:
                break
        else:
            raise ProtocolError("controller not ready: CSTS %#x" % csts)
        self.io = NvmeQueue(port, timeout)
        self.io.connect(nqn, host_nqn, host_id, 1, cntlid, 32, 0)

    def property_set(self, offset, value):
        sqe = bytearray(64)
        sqe[0], sqe[4] = 0x7f, 0x00
        sqe[40:56] = struct.pack("<B3xIQ", 0, offset, value)
        status, _, _ = self.admin.command(sqe)
        if status:
            raise ProtocolError("Property Set %#x: %#x" % (offset, status))

    def property_get(self, offset):
        sqe = bytearray(64)
        sqe[0], sqe[4] = 0x7f, 0x04
        sqe[40:48] = struct.pack("<B3xI", 0, offset)
        status, cqe, _ = self.admin.command(sqe)
        if status:
            raise ProtocolError("Property Get %#x: %#x" % (offset, status))
        return int.from_bytes(cqe[0:4], "little")

    def _io(self, opcode, lba=0, count=1, write=b"", read_length=0, flags=0):
        sqe = bytearray(64)
        sqe[0] = opcode
        sqe[4:8] = struct.pack("<I", self.nsid)
        sqe[40:52] = struct.pack("<QHH", lba, count - 1, flags)
        self.io.read_length = read_length
        status, _, data = self.io.command(sqe, write)
        if status:
            raise ProtocolError("NVMe status %#x of opcode %#x" % (status, opcode))
        return data

    def write(self, lba, data, block_size, fua=False):
        self._io(1, lba, len(data) // block_size, write=data, flags=0x4000 if fua else 0)

    def read(self, lba, count, block_size):
        return self._io(2, lba, count, read_length=count * block_size)

    def flush(self):
        self._io(0)

    def close(self):
        self.admin.close()
        self.io.close()


def length24(data):
    """TotalAHSLength (0) and DataSegmentLength of a BHS."""
    return struct.pack(">I", len(data))


def padded(data):
    return data + bytes(-len(data) % 4)
