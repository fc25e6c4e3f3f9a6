"""kill -9 of the daemon while clients of both protocols write: what was acknowledged as durable is there afterwards.

Each writer fills blocks of its own with (address, generation) stamps, in rounds over its region: FUA writes, and plain
writes followed by a flush. It notes a generation only when the acknowledgement of the durable step has come. After the crash
every block must hold at least the noted generation, and no generation that was never sent.
"""

import random
import struct
import threading
import time

from harness import IQN, NQN, LaneError, file_volume
from initiators import Iscsi, Nvme, ProtocolError

EXPECTED = 30
EXPECTED_QUICK = 15
QUICK = True

BLOCK = 4096
BLOCKS = 64  # of one writer
SEED = 2026


class Writer(threading.Thread):
    """Writes stamps until the connection breaks. Owner of its lists: this thread, until join."""

    def __init__(self, name, initiator, first, block_size, fua):
        super().__init__(name=name, daemon=True)
        self.initiator = initiator
        self.first = first
        self.block_size = block_size
        self.fua = fua
        self.sent = [0] * BLOCKS
        self.durable = [0] * BLOCKS
        self.error = None

    def run(self):
        generation = 0
        try:
            while True:
                generation += 1
                for group in range(0, BLOCKS, 8):
                    for index in range(group, group + 8):
                        self.sent[index] = generation
                        self.write(index, generation)
                        if self.fua:
                            self.durable[index] = generation
                    if not self.fua:
                        self.initiator.flush()
                        self.durable[group:group + 8] = [generation] * 8
        except OSError:
            pass  # the crash
        except ProtocolError as error:
            self.error = error

    def lba(self, index):
        return (self.first + index) * BLOCK // self.block_size

    def write(self, index, generation):
        self.initiator.write(self.lba(index), stamp(self.first + index, generation), self.block_size, fua=self.fua)

    def judge(self, reader):
        """What is wrong with the region after the crash: a list of sentences."""
        wrong = []
        for index in range(BLOCKS):
            data = reader.read(self.lba(index), BLOCK // self.block_size, self.block_size)
            address, generation = struct.unpack_from("<QQ", data)
            if data == bytes(BLOCK):
                address, generation = self.first + index, 0
            elif data != stamp(address, generation) or address != self.first + index:
                wrong.append("block %d holds torn or foreign data: %s" % (index, data[:16].hex()))
                continue
            if generation < self.durable[index]:
                wrong.append("block %d: generation %d was durable, %d is there" % (index, self.durable[index], generation))
            if generation > self.sent[index]:
                wrong.append("block %d: generation %d was never sent" % (index, generation))
        return wrong


def stamp(address, generation):
    return struct.pack("<QQ", address, generation) * (BLOCK // 16)


def run(lane):
    chance = random.Random(SEED)
    lane.tell("seed %d" % SEED)
    volumes = [file_volume(lane, "vol0", "64MiB"), file_volume(lane, "vol1", "64MiB", blockSize=4096)]
    daemon = lane.daemon(volumes)
    for crash in range(3 if lane.quick else 6):
        lun = crash % 2
        block_size = (512, 4096)[lun]
        daemon.start()
        writers = [
            Writer("iSCSI, FUA", Iscsi(daemon.iscsi_port, IQN, lun, isid=1), 0, block_size, True),
            Writer("iSCSI, flush", Iscsi(daemon.iscsi_port, IQN, lun, isid=2), 1000, block_size, False),
            Writer("NVMe, FUA", Nvme(daemon.nvme_port, NQN, lun + 1), 2000, block_size, True),
            Writer("NVMe, flush", Nvme(daemon.nvme_port, NQN, lun + 1, host_id=b"gemel-python-001",
                                       host_nqn="nqn.2026-11.io.gemel:python1"), 3000, block_size, False)]
        clear = bytes(BLOCK)
        for writer in writers:  # stamps of an earlier crash are not this one's
            for index in range(BLOCKS):
                writer.initiator.write(writer.lba(index), clear, block_size)
            writer.initiator.flush()
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(0.5, 2.0))
        daemon.kill()
        for writer in writers:
            writer.join(20)
            if writer.is_alive():
                raise LaneError("%s does not notice that the daemon is gone" % writer.name)
        daemon.start()
        for writer in writers:
            # read by the other protocol than the one that wrote: it is one volume
            reader = Iscsi(daemon.iscsi_port, IQN, lun) if "NVMe" in writer.name else Nvme(daemon.nvme_port, NQN, lun + 1)
            wrong = writer.judge(reader)
            reader.close()
            if writer.error:
                wrong.append("before the crash: %s" % writer.error)
            rounds = max(writer.durable)
            if rounds == 0:
                wrong.append("nothing had become durable before the crash")
            lane.check("crash %d, %s: nothing durable is lost (%d rounds)" % (crash + 1, writer.name, rounds), not wrong,
                       "; ".join(wrong[:4]))
        lane.check("crash %d: the daemon stops cleanly after it" % (crash + 1), daemon.stop() == 0, daemon.log_tail())
