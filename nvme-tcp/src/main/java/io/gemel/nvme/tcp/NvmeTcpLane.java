package io.gemel.nvme.tcp;

import io.gemel.core.lane.Lane;
import io.gemel.core.memory.Crc32cDigest;
import io.gemel.nvme.tcp.wire.C2hData;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.CapsuleResp;
import io.gemel.nvme.tcp.wire.CommonHeader;
import io.gemel.nvme.tcp.wire.H2cData;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.IcResp;
import io.gemel.nvme.tcp.wire.NvmeTcpR2t;
import io.gemel.nvme.tcp.wire.TermReq;
import io.gemel.nvme.wire.NvmeCqe;
import java.util.ArrayList;
import java.util.List;

/**
 * What all NVMe/TCP connections of a lane share: the command parts of its task slots, and
 * flyweights. Owner: the lane.
 */
final class NvmeTcpLane {
    final Lane lane;
    final CommandSlot[] slots;
    final List<NvmeTcpConnection> connections = new ArrayList<>();
    final CommonHeader common = new CommonHeader();
    final IcReq icReq = new IcReq();
    final IcResp icResp = new IcResp();
    final TermReq termReq = new TermReq();
    final CapsuleCmd capsuleCmd = new CapsuleCmd();
    final CapsuleResp capsuleResp = new CapsuleResp();
    final H2cData h2cData = new H2cData();
    final C2hData c2hData = new C2hData();
    final NvmeTcpR2t r2t = new NvmeTcpR2t();
    final NvmeCqe cqe = new NvmeCqe();
    final Crc32cDigest digest = new Crc32cDigest();

    NvmeTcpLane(final Lane lane) {
        this.lane = lane;
        this.slots = new CommandSlot[lane.tasks().capacity()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new CommandSlot();
        }
    }
}
