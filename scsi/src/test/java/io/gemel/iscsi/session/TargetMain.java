package io.gemel.iscsi.session;

import io.gemel.core.lane.WaitMode;
import io.gemel.core.lane.netty.NettyLanes;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import io.gemel.reservations.agreement.NodeReservations;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * A target with memory volumes on a loopback port, for real initiators and profilers: arguments are
 * port and lanes.
 */
final class TargetMain {
    private TargetMain() {}

    public static void main(final String[] args) throws Exception {
        final Volume small = TestVolumes.memory(0, "v512", 512, 1 << 18);
        final Volume large = TestVolumes.memory(1, "v4096", 4096, 1 << 15);
        final Volume readOnly = TestVolumes.memory(2, "ro", 512, 1 << 18);
        readOnly.readOnly(true);
        final List<Volume> volumes = List.of(small, large, readOnly);
        final int lanes = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        final NettyLanes netty =
                new NettyLanes(
                        new NettyLanes.Settings(
                                lanes, 1024, WaitMode.ADAPTIVE, true, List.of(), 256),
                        volumes);
        final InetSocketAddress address =
                new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
        final IscsiPortal portal = new IscsiPortal(address, 1, 257);
        final IscsiTargetNode node =
                new IscsiTargetNode(
                        netty.group(),
                        List.of(
                                IscsiTarget.open("iqn.2026-11.io.gemel:v512", Map.of(0, small)),
                                IscsiTarget.open("iqn.2026-11.io.gemel:v4096", Map.of(0, large)),
                                IscsiTarget.open("iqn.2026-11.io.gemel:ro", Map.of(0, readOnly))),
                        List.of(portal),
                        IscsiLimits.defaults(),
                        new NodeReservations(
                                volumes,
                                java.nio.file.Files.createTempDirectory("gemel-target-main"),
                                volume -> true,
                                netty.group()));
        System.out.println("ready " + netty.listen(address, node.factory(portal)).address());
        Thread.currentThread().join();
    }
}
