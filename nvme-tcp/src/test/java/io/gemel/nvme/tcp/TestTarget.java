package io.gemel.nvme.tcp;

import io.gemel.core.lane.Lane;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.status.Counter;
import io.gemel.core.volume.Volume;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.NvmeSubsystem;
import io.gemel.reservations.agreement.NodeReservations;
import java.util.List;

/** A server on one test lane: one subsystem with a 512-byte and a 4096-byte block namespace. */
final class TestTarget {
    static final String SUBNQN = "nqn.2026-11.io.gemel:test";

    final Volume volume512;
    final Volume volume4096;
    final TestLane lane;
    final NodeReservations reservations;
    final NvmeSubsystem subsystem;
    final NvmeTcpServer server;

    TestTarget() {
        this(HostAccess.ANY, NvmeLimits.DEFAULT, 128);
    }

    TestTarget(final HostAccess access, final NvmeLimits limits, final int tasks) {
        this(
                access,
                limits,
                tasks,
                TestVolumes.memory(0, "a", 512, 16384),
                TestVolumes.memory(1, "b", 4096, 2048));
    }

    TestTarget(
            final HostAccess access,
            final NvmeLimits limits,
            final int tasks,
            final Volume first,
            final Volume second) {
        this(access, limits, tasks, first, second, (lane, volumes) -> null);
    }

    /** Makes the node's reservations once the lane is there. */
    interface Reservations {
        NodeReservations make(LaneGroup lanes, List<Volume> volumes);
    }

    TestTarget(
            final HostAccess access,
            final NvmeLimits limits,
            final int tasks,
            final Volume first,
            final Volume second,
            final Reservations made) {
        volume512 = first;
        volume4096 = second;
        lane = new TestLane(0, tasks, volume512, volume4096);
        reservations = made.make(lane.group(), List.of(first, second));
        subsystem =
                new NvmeSubsystem(
                        SUBNQN,
                        "GEMELTEST",
                        false,
                        1,
                        List.of(new Namespace(1, volume512), new Namespace(3, volume4096)),
                        access,
                        limits);
        server = new NvmeTcpServer(lane.group(), 1, List.of(subsystem), limits, reservations);
    }

    LaneGroup group() {
        return lane.group();
    }

    ScriptedHost host() {
        return new ScriptedHost(lane, server.ioPortal());
    }

    /** An I/O queue of a new controller, without flow control. */
    ScriptedHost ioQueue(final int digests) {
        return ioQueue(digests, ScriptedHost.FLOW_CONTROL_OFF);
    }

    ScriptedHost ioQueue(final int digests, final int cattr) {
        final int cntlid = host().connectAdmin(SUBNQN, digests, 0);
        final ScriptedHost io = host();
        io.connectIo(SUBNQN, cntlid, 1, 127, cattr, digests);
        return io;
    }

    long counter(final Counter counter) {
        final Lane its = lane.lane();
        return its.counters().get(counter);
    }

    /** Nothing is held when all is over (L3). */
    void assertIdle() {
        lane.runUntilIdle();
        if (0 != lane.lane().tasks().inUse() || 0 != lane.lane().slab().inUse()) {
            throw new AssertionError(
                    "leaked: "
                            + lane.lane().tasks().inUse()
                            + " tasks, "
                            + lane.lane().slab().inUse()
                            + " buffers");
        }
    }
}
