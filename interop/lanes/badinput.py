"""Broken peers on both ports: truncated, oversized, out-of-order and random PDUs hurt nobody else and leave nothing behind.

Two well-behaved initiators, one of each protocol, write and check all the while. Afterwards the daemon must still serve them,
must have no more file descriptors and sessions than before, and must have answered what the standards give an answer to.
"""

import os
import random
import socket
import struct
import threading
import time

from harness import IQN, NQN, file_volume
from initiators import Iscsi, Nvme, NvmeQueue, ProtocolError, Stream

EXPECTED = 17
QUICK = True
SEED = 7143
RANDOM_CONNECTIONS = 150  # of each kind and port


class Bystander(threading.Thread):
    """Writes and reads back on its own region until told to stop. Owner of its fields: this thread, until join."""

    def __init__(self, initiator, first):
        super().__init__(daemon=True)
        self.initiator = initiator
        self.first = first
        self.rounds = 0
        self.error = None
        self.ended = threading.Event()

    def run(self):
        chance = random.Random(self.first)
        try:
            while not self.ended.is_set():
                lba, data = self.first + chance.randrange(1000), chance.randbytes(8 * 512)
                self.initiator.write(lba, data, 512)
                if self.initiator.read(lba, 8, 512) != data:
                    raise ProtocolError("read something else than was written at block %d" % lba)
                self.rounds += 1
                self.ended.wait(0.002)  # leaves the machine to the attack
        except (OSError, ProtocolError) as error:
            self.error = repr(error)


def iscsi_pdu(opcode, flags=0x80, length=0, itt=1, cmd_sn=1, rest=b"", lun=0, ahs=0):
    """48 bytes of BHS, with fields at will; rest is what follows byte 28."""
    return (struct.pack(">BBH", opcode, flags, 0) + bytes([ahs]) + length.to_bytes(3, "big") + struct.pack(">BB6x", 0, lun)
            + struct.pack(">III", itt, 0xffffffff, cmd_sn) + rest.ljust(20, b"\0"))


def exchange(port, data, timeout=3):
    """Sends data on a connection of its own; returns (what came back, whether the peer closed)."""
    with socket.create_connection(("127.0.0.1", port), timeout) as peer:
        peer.settimeout(timeout)
        received = bytearray()
        try:
            peer.sendall(data)
            while True:
                piece = peer.recv(65536)
                if not piece:
                    return bytes(received), True
                received += piece
        except socket.timeout:
            return bytes(received), False
        except OSError:
            return bytes(received), True


def after_login(daemon, data, timeout=3):
    """Sends data in the full feature phase of a session of its own; returns (first BHS back or None, whether it closed)."""
    session = Iscsi(daemon.iscsi_port, IQN, name="iqn.2026-11.io.gemel:bad", isid=9, timeout=timeout)
    try:
        session.stream.send(data)
        answer = None
        while True:
            bhs, _ = session.read_pdu()
            answer = answer or bhs
    except socket.timeout:
        return answer, False
    except OSError:
        return answer, True
    finally:
        session.close()


def after_icreq(daemon, data, timeout=3):
    """Sends data on an initialized NVMe/TCP connection; returns (first PDU back or None, whether it closed)."""
    queue = NvmeQueue(daemon.nvme_port, timeout)
    answer = None
    try:
        queue.stream.send(data)
        while True:
            _, pdu = queue.read_pdu()
            answer = answer or pdu
    except socket.timeout:
        return answer, False
    except OSError:
        return answer, True
    finally:
        queue.close()


def run(lane):
    chance = random.Random(SEED)
    lane.tell("seed %d" % SEED)
    daemon = lane.daemon([file_volume(lane, "vol0", "64MiB")]).start()
    good = [Bystander(Iscsi(daemon.iscsi_port, IQN), 0), Bystander(Nvme(daemon.nvme_port, NQN), 50000)]
    for each in good:
        each.start()
    time.sleep(1)
    files_before = open_files(daemon)

    # what the standards give an answer to
    bhs, closed = after_login(daemon, iscsi_pdu(0x1c))
    lane.check("iSCSI: an unknown opcode is rejected (Reject, or the connection ends)",
               closed or (bhs is not None and bhs[0] & 0x3f == 0x3f), bhs and bhs.hex())
    bhs, closed = after_login(daemon, iscsi_pdu(0x41, 0x80 | 0x20, length=0xffffff, cmd_sn=2))
    lane.check("iSCSI: a data segment beyond what was declared ends in Reject or closing",
               closed or (bhs is not None and bhs[0] & 0x3f == 0x3f), bhs and bhs.hex())
    bhs, closed = after_login(daemon, iscsi_pdu(0x05, 0x80, length=512, itt=0x77, rest=b"") + bytes(512))
    lane.check("iSCSI: Data-Out for no task is rejected, dropped, or ends the connection",
               closed or bhs is None or bhs[0] & 0x3f == 0x3f, bhs and bhs.hex())
    reply, closed = exchange(daemon.iscsi_port, iscsi_pdu(0x41, 0x81, cmd_sn=1))
    lane.check("iSCSI: a command before login is not served", closed or reply[:1] not in (b"\x21", b"\x25"), reply.hex())

    pdu, closed = after_icreq(daemon, struct.pack("<BBBBI", 0, 0, 128, 0, 128) + bytes(120))
    lane.check("NVMe: a second ICReq ends in C2HTermReq", pdu is not None and pdu[0] == 3 and closed, (pdu, closed))
    pdu, closed = after_icreq(daemon, struct.pack("<BBBBI", 0x55, 0, 24, 0, 24) + bytes(16))
    lane.check("NVMe: an unknown PDU type ends in C2HTermReq", pdu is not None and pdu[0] == 3 and closed, (pdu, closed))
    pdu, closed = after_icreq(daemon, struct.pack("<BBBBI", 4, 0, 72, 72, 0xffffffff) + bytes(64))
    lane.check("NVMe: a capsule of 4 GiB ends in C2HTermReq", pdu is not None and pdu[0] == 3 and closed, (pdu, closed))
    pdu, closed = after_icreq(daemon, struct.pack("<BBBBI", 4, 0, 71, 0, 72) + bytes(64))
    lane.check("NVMe: a wrong header length ends in C2HTermReq", pdu is not None and pdu[0] == 3 and closed, (pdu, closed))
    pdu, closed = after_icreq(daemon, struct.pack("<BBBBIHHII4x", 6, 4, 24, 24, 24 + 512, 9, 9, 0, 512) + bytes(512))
    lane.check("NVMe: H2CData for no transfer ends in C2HTermReq", pdu is not None and pdu[0] == 3 and closed, (pdu, closed))
    reply, closed = exchange(daemon.nvme_port, struct.pack("<BBBBI", 4, 0, 72, 0, 72) + bytes(64))
    lane.check("NVMe: a capsule before ICReq is not served", closed or reply[:1] != b"\x05", reply.hex())

    # what has no answer: it must only do no harm
    login = login_pdu()
    icreq = struct.pack("<BBBBI", 0, 0, 128, 0, 128) + bytes(120)
    for port, opening in ((daemon.iscsi_port, login), (daemon.nvme_port, icreq)):
        for length in range(0, len(opening), 3):
            stream = Stream(port, 5)
            stream.send(opening[:length])
            stream.close()
        for index in range(RANDOM_CONNECTIONS):
            noise = chance.randbytes(chance.randrange(1, 2000))
            if index % 3 == 1:  # a valid beginning, then noise
                noise = opening + noise
            elif index % 3 == 2:  # a valid beginning with some bits turned
                noise = bytearray(opening)
                for _ in range(chance.randrange(1, 6)):
                    noise[chance.randrange(len(noise))] ^= 1 << chance.randrange(8)
            stream = Stream(port, 5)
            try:
                stream.send(bytes(noise))
                if index % 5 == 0:
                    stream.socket.settimeout(0.2)
                    stream.receive(1)
            except OSError:
                pass
            stream.close()
    turned_bits(daemon, chance)
    lane.check("the daemon lives after %d broken connections" % (2 * RANDOM_CONNECTIONS), daemon.alive(), daemon.log_tail())

    for each, name in zip(good, ("iSCSI", "NVMe")):
        rounds = each.rounds
        end = time.monotonic() + 10
        while each.rounds < rounds + 20 and each.error is None and time.monotonic() < end:
            time.sleep(0.05)
        lane.check("the %s bystander goes on (%d rounds)" % (name, each.rounds),
                   each.error is None and each.rounds >= rounds + 20, each.error or "stuck at %d rounds" % each.rounds)
        each.ended.set()
        each.join(15)
        lane.check("the %s bystander saw no error" % name, each.error is None, each.error)

    end = time.monotonic() + 20
    while open_files(daemon) > files_before and time.monotonic() < end:
        time.sleep(0.2)
    lane.check("no file descriptor is left over", open_files(daemon) <= files_before,
               "%d before, %d after" % (files_before, open_files(daemon)))
    daemon.check_stop()


def turned_bits(daemon, chance):
    """Commands of a session and capsules of a queue with bits turned, each on a connection of its own."""
    read = struct.pack(">BBQIBB", 0x88, 0, 0, 1, 0, 0)
    command = iscsi_pdu(0x01, 0xc1, cmd_sn=2, rest=struct.pack(">I", 1) + read)
    capsule = struct.pack("<BBBBI", 4, 0, 72, 0, 72) + bytes([0x7f, 0x40, 1, 0, 4]) + bytes(59)
    for index in range(RANDOM_CONNECTIONS // 3):
        broken = [bytearray(command), bytearray(capsule)]
        for pdu in broken:
            for _ in range(chance.randrange(1, 8)):
                pdu[chance.randrange(len(pdu))] ^= 1 << chance.randrange(8)
        try:
            session = Iscsi(daemon.iscsi_port, IQN, name="iqn.2026-11.io.gemel:bad%d" % (index % 5), isid=index, timeout=5)
            session.stream.send(bytes(broken[0]) * 3)
            session.close()
            queue = NvmeQueue(daemon.nvme_port, 5)
            queue.stream.send(bytes(broken[1]) * 3)
            queue.close()
        except OSError:
            pass


def login_pdu():
    data = ("InitiatorName=iqn.2026-11.io.gemel:bad\0TargetName=%s\0SessionType=Normal\0AuthMethod=None\0" % IQN).encode()
    bhs = struct.pack(">BBBB4s6sHI", 0x43, 0x87, 0, 0, struct.pack(">I", len(data)), b"\x80\0\0\0\0\7", 0, 0)
    return bhs + struct.pack(">HHII16x", 0, 0, 1, 0) + data + bytes(-len(data) % 4)


def open_files(daemon):
    """Descriptors of the daemon's JVM (the launcher has replaced itself by it)."""
    return len(os.listdir("/proc/%d/fd" % daemon.process.pid))
