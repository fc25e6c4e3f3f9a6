package io.gemel.bench.nvme;

import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.Initiator;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.client.IoRequest.Direction;
import io.gemel.bench.client.IoRequest.Outcome;
import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.DiscoveryLogEntry;
import io.gemel.nvme.wire.DiscoveryLogHeader;
import io.gemel.nvme.wire.Feature;
import io.gemel.nvme.wire.IdentifyController;
import io.gemel.nvme.wire.IdentifyNamespace;
import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStructure;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A controller as its host sees it: the admin queue and the I/O queues, set up one after the other.
 * Owner: the loop's thread. Made for set-up and tests; the data path is {@link NvmeQueue}.
 */
public final class NvmeController implements AutoCloseable {
    /** One entry of the discovery log page. */
    public record DiscoveryEntry(int subtype, String subnqn, String traddr, String trsvcid) {}

    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int ADMIN_DEPTH = 31;
    private static final int CATTR_DISABLE_SQ_FLOW_CONTROL = 0x04;
    private static final int DEFAULT_MAX_TRANSFER_BYTES = 16 << 20;
    private static final int MAX_READY_POLLS = 1000;
    private static final int MAX_DISCOVERY_ENTRIES = 4096;
    private static final int IOSQES = 6; // 64 bytes
    private static final int IOCQES = 4; // 16 bytes

    private final ClientLoop loop;
    private final InetSocketAddress address;
    private final NvmeOptions options;
    private final NvmeQueue admin;
    private final List<NvmeQueue> queues = new ArrayList<>();
    private final UnsafeBuffer data = new UnsafeBuffer(new byte[Cns.LENGTH]);
    private final IoRequest request = new IoRequest();
    private int cntlid;
    private long cap;
    private int fuses;
    private int maxTransferBytes = DEFAULT_MAX_TRANSFER_BYTES;
    private int inCapsuleBytes;
    private int blockSize;
    private long blockCount;

    private NvmeController(
            final ClientLoop loop, final InetSocketAddress address, final NvmeOptions options) {
        this.loop = loop;
        this.address = address;
        this.options = options;
        admin = new NvmeQueue(loop, options, ADMIN_DEPTH);
    }

    /** Connects the admin queue, enables the controller, identifies, connects the I/O queues. */
    public static NvmeController connect(
            final ClientLoop loop, final InetSocketAddress address, final NvmeOptions options)
            throws IOException {
        final NvmeController controller = new NvmeController(loop, address, options);
        try {
            controller.setUp();
            return controller;
        } catch (final IOException e) {
            controller.closeSockets();
            throw e;
        }
    }

    /** Asks the discovery controller at the address for its log page. */
    public static List<DiscoveryEntry> discover(
            final ClientLoop loop, final InetSocketAddress address, final String hostNqn)
            throws IOException {
        final NvmeOptions options = NvmeOptions.discovery().withHost(hostNqn);
        try (NvmeController controller = connect(loop, address, options)) {
            return controller.discoveryLog();
        }
    }

    /** The admin queue: raw admin commands go here. */
    public NvmeQueue admin() {
        return admin;
    }

    /** I/O queue i + 1. */
    public NvmeQueue queue(final int i) {
        return queues.get(i);
    }

    /** All I/O queues as initiators. */
    public List<Initiator> initiators() {
        return List.copyOf(queues);
    }

    /** CNTLID that the target gave. */
    public int cntlid() {
        return cntlid;
    }

    /** CAP as read from the controller. */
    public long cap() {
        return cap;
    }

    /** FUSES bit 0: Compare and Write is supported as a fused pair. */
    public boolean supportsFusedCompareAndWrite() {
        return NvmeStructure.bit(fuses, 0);
    }

    /** Shuts the controller down (CC.SHN), then closes all connections. */
    @Override
    public void close() {
        if (admin.isReady()) {
            final NvmeSqe sqe = fabrics(Opcode.FCTYPE_PROPERTY_SET);
            sqe.propertyOffset(Property.CC)
                    .propertyValue(Property.cc(true, Property.CSS_NVM, 1, IOSQES, IOCQES));
            try {
                call(admin, sqe, Direction.NONE, null, 0);
            } catch (final IOException e) {
                closeSockets(); // the target is gone or does not answer: nothing more to say to it
                return;
            }
        }
        closeSockets();
    }

    private void closeSockets() {
        queues.forEach(NvmeQueue::close);
        admin.close();
    }

    private void setUp() throws IOException {
        open(admin);
        cntlid = connectQueue(admin, 0, ADMIN_DEPTH, ConnectData.DYNAMIC_CNTLID);
        cap = propertyGet(Property.CAP, 1);
        final NvmeSqe enable = fabrics(Opcode.FCTYPE_PROPERTY_SET);
        enable.propertyOffset(Property.CC)
                .propertyValue(Property.cc(true, Property.CSS_NVM, 0, IOSQES, IOCQES));
        callOk(admin, enable, Direction.NONE, null, 0, "Property Set CC");
        awaitReady();
        identifyController();
        if (options.katoMs() > 0) {
            admin.keepAliveEvery(TimeUnit.MILLISECONDS.toNanos(options.katoMs()) / 3);
        }
        if (0 == options.queues()) {
            return;
        }
        identifyNamespace();
        final NvmeSqe features = admin(Opcode.SET_FEATURES);
        final int wanted = options.queues() - 1;
        features.cdw(10, Feature.NUMBER_OF_QUEUES).cdw(11, wanted << 16 | wanted);
        callOk(admin, features, Direction.NONE, null, 0, "Set Features, Number of Queues");
        final int granted = NvmeStructure.bits((int) request.result, 15, 0) + 1;
        if (granted < options.queues()) {
            throw new IOException("the target grants " + granted + " I/O queues");
        }
        for (int i = 1; i <= options.queues(); i++) {
            addQueue(i);
        }
    }

    private void addQueue(final int qid) throws IOException {
        final int mqes = Property.mqes(cap);
        if (options.depth() > mqes) {
            throw new IOException("depth " + options.depth() + ": the target allows " + mqes);
        }
        final NvmeQueue queue = new NvmeQueue(loop, options, options.depth());
        queues.add(queue);
        open(queue);
        queue.geometry(blockSize, blockCount, maxTransferBytes, inCapsuleBytes);
        // Fused pairs take two entries each.
        connectQueue(queue, qid, Math.min(mqes, 2 * options.depth()), cntlid);
    }

    private void open(final NvmeQueue queue) throws IOException {
        queue.connection(loop.connect(address, queue, TIMEOUT_NS));
        try {
            loop.await(() -> queue.isReady() || !queue.isOpen(), TIMEOUT_NS, "ICResp");
        } catch (final TimeoutException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (!queue.isOpen()) {
            throw new IOException("no connection: " + queue.closedBecause());
        }
    }

    private int connectQueue(
            final NvmeQueue queue, final int qid, final int sqsize, final int controllerId)
            throws IOException {
        final UnsafeBuffer connectData = new UnsafeBuffer(new byte[ConnectData.LENGTH]);
        new ConnectData()
                .encode(connectData, 0)
                .hostId(options.hostIdBytes())
                .cntlid(controllerId)
                .subnqn(options.subsystemNqn())
                .hostnqn(options.hostNqn());
        final NvmeSqe sqe = fabrics(Opcode.FCTYPE_CONNECT);
        sqe.qid(qid)
                .sqsize(sqsize)
                .cattr(options.flowControl() ? 0 : CATTR_DISABLE_SQ_FLOW_CONTROL)
                .kato(0 == qid ? options.katoMs() : 0);
        callOk(
                queue,
                sqe,
                Direction.OUT,
                connectData,
                ConnectData.LENGTH,
                "Connect of queue " + qid);
        final int dword = (int) request.result;
        if (0 != NvmeStructure.bits(dword, 17, 16)) {
            throw new IOException("the target asks for authentication");
        }
        return NvmeStructure.bits(dword, 15, 0);
    }

    private void awaitReady() throws IOException {
        for (int i = 0; i < MAX_READY_POLLS; i++) {
            final long csts = propertyGet(Property.CSTS, 0);
            if (0 != (csts & Property.CSTS_CFS)) {
                throw new IOException("controller fatal status");
            }
            if (0 != (csts & Property.CSTS_RDY)) {
                return;
            }
            loop.idle(loop.nowNs() + TimeUnit.MILLISECONDS.toNanos(10));
        }
        throw new IOException("CSTS.RDY does not come");
    }

    private long propertyGet(final int offset, final int size) throws IOException {
        final NvmeSqe sqe = fabrics(Opcode.FCTYPE_PROPERTY_GET);
        sqe.propertySize(size).propertyOffset(offset);
        callOk(admin, sqe, Direction.NONE, null, 0, "Property Get");
        return request.result;
    }

    private void identifyController() throws IOException {
        final NvmeSqe sqe = admin(Opcode.IDENTIFY).cdw(10, Cns.CONTROLLER);
        callOk(admin, sqe, Direction.IN, data, Cns.LENGTH, "Identify Controller");
        final IdentifyController identify = new IdentifyController().wrap(data, 0);
        fuses = identify.fuses();
        final int mdts = identify.mdts();
        final int pageShift = 12 + NvmeStructure.bits((int) (cap >>> 32), 19, 16); // CAP.MPSMIN
        if (mdts > 0 && mdts + pageShift < 31) {
            maxTransferBytes = Math.min(maxTransferBytes, 1 << mdts + pageShift);
        }
        final long capsuleBytes = identify.ioccsz() * 16 - NvmeSqe.LENGTH;
        inCapsuleBytes =
                0 == identify.icdoff() ? (int) Math.max(0, Math.min(capsuleBytes, 1 << 20)) : 0;
    }

    private void identifyNamespace() throws IOException {
        final NvmeSqe sqe = admin(Opcode.IDENTIFY).cdw(10, Cns.NAMESPACE);
        sqe.nsid(options.nsid());
        callOk(admin, sqe, Direction.IN, data, Cns.LENGTH, "Identify Namespace");
        final IdentifyNamespace identify = new IdentifyNamespace().wrap(data, 0);
        final int format = NvmeStructure.bits(identify.flbas(), 3, 0);
        final int lbaf = data.getInt(128 + 4 * format, java.nio.ByteOrder.LITTLE_ENDIAN);
        final int lbads = NvmeStructure.bits(lbaf, 23, 16);
        blockCount = identify.nsze();
        if (lbads < 9 || lbads > 16 || blockCount <= 0) {
            throw new IOException("no namespace " + options.nsid() + " to use: LBADS " + lbads);
        }
        blockSize = 1 << lbads;
    }

    private List<DiscoveryEntry> discoveryLog() throws IOException {
        logPage(0, data, DiscoveryLogHeader.LENGTH);
        final long count = new DiscoveryLogHeader().wrap(data, 0).numrec();
        if (count < 0 || count > MAX_DISCOVERY_ENTRIES) {
            throw new IOException("discovery log of " + count + " entries");
        }
        final List<DiscoveryEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final long offset = DiscoveryLogHeader.LENGTH + (long) i * DiscoveryLogEntry.LENGTH;
            logPage(offset, data, DiscoveryLogEntry.LENGTH);
            final DiscoveryLogEntry entry = new DiscoveryLogEntry().wrap(data, 0);
            entries.add(
                    new DiscoveryEntry(
                            entry.subtype(), entry.subnqn(), entry.traddr(), entry.trsvcid()));
        }
        return entries;
    }

    private void logPage(final long offset, final UnsafeBuffer into, final int length)
            throws IOException {
        final int numd = length / 4 - 1;
        final NvmeSqe sqe = admin(Opcode.GET_LOG_PAGE);
        sqe.cdw(10, (numd & 0xFFFF) << 16 | LogPage.DISCOVERY)
                .cdw(11, numd >>> 16)
                .cdw(12, (int) offset)
                .cdw(13, (int) (offset >>> 32));
        callOk(admin, sqe, Direction.IN, into, length, "Get Log Page, Discovery");
    }

    // ---- commands

    private static NvmeSqe fabrics(final int fctype) {
        return admin(Opcode.FABRICS).fctype(fctype);
    }

    private static NvmeSqe admin(final int opcode) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[NvmeSqe.LENGTH]);
        return new NvmeSqe().encode(bytes, 0).opc(opcode);
    }

    private void callOk(
            final NvmeQueue queue,
            final NvmeSqe sqe,
            final Direction direction,
            final UnsafeBuffer payload,
            final int length,
            final String what)
            throws IOException {
        if (Outcome.OK != call(queue, sqe, direction, payload, length)) {
            throw new IOException(what + " failed: " + request.detail());
        }
    }

    private Outcome call(
            final NvmeQueue queue,
            final NvmeSqe sqe,
            final Direction direction,
            final UnsafeBuffer payload,
            final int length)
            throws IOException {
        final byte[] bytes = new byte[NvmeSqe.LENGTH];
        sqe.buffer().getBytes(sqe.offset(), bytes);
        try {
            queue.call(request.raw(bytes, direction, payload, 0, length), TIMEOUT_NS);
        } catch (final TimeoutException e) {
            throw new IOException(e.getMessage(), e);
        }
        return request.outcome;
    }
}
