package io.gemel.nvme.tcp;

import io.gemel.core.lane.WaitMode;
import io.gemel.core.lane.netty.NettyLanes;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import io.gemel.nvme.discovery.NvmePortal;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.NvmeSubsystem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A target with one memory volume on loopback, to be driven by a real host by hand: {@code
 * MemoryTargetMain PORT DISCOVERY_PORT LANES}. It ends when its standard input does.
 */
public final class MemoryTargetMain {
    private MemoryTargetMain() {}

    public static void main(final String[] args) throws Exception {
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        final Volume volume = TestVolumes.memory("memory", 512, 524288);
        final NettyLanes lanes =
                new NettyLanes(
                        new NettyLanes.Settings(
                                Integer.parseInt(args[2]),
                                1024,
                                WaitMode.ADAPTIVE,
                                true,
                                List.of(),
                                1024),
                        List.of(volume));
        final NvmeTcpServer server =
                new NvmeTcpServer(
                        lanes.group(),
                        1,
                        List.of(
                                new NvmeSubsystem(
                                        TestTarget.SUBNQN,
                                        "GEMELTEST",
                                        false,
                                        1,
                                        List.of(new Namespace(1, volume)),
                                        HostAccess.ANY,
                                        NvmeLimits.DEFAULT)),
                        NvmeLimits.DEFAULT);
        final var io =
                lanes.listen(
                        new InetSocketAddress(loopback, Integer.parseInt(args[0])),
                        server.ioPortal());
        final var discovery =
                lanes.listen(
                        new InetSocketAddress(loopback, Integer.parseInt(args[1])),
                        server.discoveryPortal());
        server.portals(
                List.of(
                        new NvmePortal(1, io.address(), false),
                        new NvmePortal(2, discovery.address(), true)));
        System.out.println("ready " + io.address() + " " + discovery.address());
        while (System.in.read() >= 0) {
            server.sessions().forEach(System.out::println);
        }
        io.close();
        discovery.close();
        server.drain();
        lanes.closeConnections();
        lanes.close();
    }
}
