package io.gemel.nvme.tcp;

import io.gemel.core.block.DelayBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.tcp.wire.CommonHeader;
import io.gemel.nvme.tcp.wire.PduType;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A host that does anything from a seed: commands of every kind on two queues, data late and in
 * pieces, aborts, fused pairs, not reading, broken PDUs, leaving. Whatever it does, every PDU that
 * comes back is well-formed, nothing is thrown out of the engine, and at the end nothing is held.
 */
class RandomHostTest {
    private static final int STEPS = 120;
    private static final long STEP_NS = 1_000_000;
    private static final int[] OPCODES = {
        Opcode.FLUSH,
        Opcode.WRITE,
        Opcode.WRITE,
        Opcode.WRITE,
        Opcode.READ,
        Opcode.READ,
        Opcode.READ,
        Opcode.COMPARE,
        Opcode.WRITE_ZEROES,
        Opcode.DATASET_MANAGEMENT,
        Opcode.VERIFY
    };

    /** An R2T that the host has not answered wholly. */
    private static final class Wanted {
        final int cccid;
        final int ttag;
        final int end;
        int next;

        Wanted(final ReceivedPdu pdu) {
            cccid = pdu.r2t().cccid();
            ttag = pdu.r2t().ttag();
            next = (int) pdu.r2t().r2to();
            end = next + (int) pdu.r2t().r2tl();
        }
    }

    @Property(tries = 150)
    void shouldHoldTogetherWhateverTheHostDoes(@ForAll final long seed) {
        new RandomHostTest().run(seed); // an instance of its own: jqwik keeps those that it makes
    }

    private final AtomicLong clock = new AtomicLong(1_000_000_000L);
    private final Map<ScriptedHost, List<Wanted>> wanted = new IdentityHashMap<>();
    private final Map<ScriptedHost, byte[]> unparsed = new IdentityHashMap<>();
    private final List<ScriptedHost> queues = new ArrayList<>();
    private Random random;
    private TestTarget target;
    private ScriptedHost admin;
    private boolean polite;

    void run(final long seed) {
        random = new Random(seed);
        polite = random.nextInt(3) > 0;
        target =
                new TestTarget(
                        HostAccess.ANY,
                        NvmeLimits.DEFAULT,
                        8 << random.nextInt(3),
                        TestVolumes.of(
                                0,
                                "slow",
                                512,
                                new DelayBackend(new MemoryBackend(8 << 20), clock::get, STEP_NS)),
                        TestVolumes.memory(1, "fast", 4096, 2048));
        final int digests = random.nextInt(4);
        admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, digests, 0);
        for (int qid = 1; qid <= 2; qid++) {
            final ScriptedHost queue = target.host();
            final int cattr = random.nextBoolean() ? 0 : ScriptedHost.FLOW_CONTROL_OFF;
            queue.connectIo(TestTarget.SUBNQN, cntlid, qid, 31, cattr, digests);
            queues.add(queue);
        }
        for (int i = 0; i < STEPS; i++) {
            final ScriptedHost queue = queues.get(random.nextInt(queues.size()));
            if (!queue.connection.isClosed()) {
                act(queue);
            }
        }
        readAll();
        if (random.nextBoolean()) {
            target.server.drain();
        }
        advance(100 * STEP_NS);
        queues.forEach(queue -> queue.connection.disconnect());
        admin.connection.disconnect();
        for (int i = 0; i < 10; i++) {
            advance(100 * STEP_NS);
        }
        target.assertIdle();
    }

    private void act(final ScriptedHost queue) {
        switch (random.nextInt(13)) {
            case 0 -> advance(random.nextInt(3) * STEP_NS / 2);
            case 1 -> abortSomething();
            case 2 -> queue.connection.limit(random.nextBoolean() ? 0 : random.nextInt(300_000));
            case 3 -> {
                queue.connection.limit(Integer.MAX_VALUE);
                read(queue);
            }
            case 4, 5 -> sendData(queue);
            case 6 -> sendJunk(queue);
            case 7 -> {
                if (0 == random.nextInt(30)) {
                    queue.connection.disconnect();
                }
            }
            case 8 -> sendFusedPair(queue);
            case 9 -> administer();
            default -> sendCommand(queue);
        }
    }

    /** What the Admin Queue and the operator may do meanwhile. */
    private void administer() {
        if (admin.connection.isClosed()) {
            return;
        }
        ReceivedPdu.parse(admin.connection.takeSent());
        switch (random.nextInt(9)) {
            case 0, 1 -> admin(sqe -> sqe.opc(Opcode.ASYNCHRONOUS_EVENT_REQUEST));
            case 2 -> target.subsystem.namespaceChanged(1 + 2 * random.nextInt(2));
            case 3 ->
                    admin(
                            sqe ->
                                    sqe.opc(Opcode.GET_LOG_PAGE)
                                            .cdw(10, random.nextInt(13) | 127 << 16)
                                            .sgl(SglDescriptor.TRANSPORT, 0, 512));
            case 4 ->
                    admin(
                            sqe ->
                                    sqe.opc(Opcode.IDENTIFY)
                                            .nsid(random.nextInt(5))
                                            .cdw(10, random.nextInt(9))
                                            .sgl(SglDescriptor.TRANSPORT, 0, 4096));
            case 5 -> {
                final boolean enable = random.nextBoolean();
                final int shn = random.nextInt(2);
                if (0 == random.nextInt(8)) {
                    admin(
                            sqe ->
                                    sqe.opc(Opcode.FABRICS)
                                            .fctype(Opcode.FCTYPE_PROPERTY_SET)
                                            .propertyOffset(io.gemel.nvme.wire.Property.CC)
                                            .propertyValue(
                                                    io.gemel.nvme.wire.Property.cc(
                                                            enable, 0, shn, 6, 4)));
                }
            }
            case 6 ->
                    admin(
                            sqe ->
                                    sqe.opc(Opcode.SET_FEATURES)
                                            .cdw(10, random.nextInt(26))
                                            .cdw(11, random.nextInt(5) * 1000));
            case 7 -> {
                if (0 == random.nextInt(30)) {
                    target.subsystem.replaceAccess(HostAccess.only(Map.of()));
                    target.subsystem.replaceAccess(HostAccess.ANY);
                }
            }
            default -> admin(sqe -> sqe.opc(random.nextInt(256)).cdw(10, random.nextInt()));
        }
    }

    private void admin(final Consumer<NvmeSqe> fill) {
        admin.connection.feed(admin.capsule(fill, new byte[0]));
    }

    private void advance(final long ns) {
        clock.addAndGet(ns);
        target.lane.advance(ns);
    }

    private void abortSomething() {
        if (!admin.connection.isClosed()) {
            final int commandId = random.nextInt(200);
            final int qid = 1 + random.nextInt(2);
            admin.connection.feed(
                    admin.capsule(
                            sqe -> sqe.opc(Opcode.ABORT).cdw(10, commandId << 16 | qid),
                            new byte[0]));
        }
    }

    private void sendData(final ScriptedHost queue) {
        final List<Wanted> open = wanted.getOrDefault(queue, List.of());
        if (open.isEmpty()) {
            return;
        }
        final Wanted one = open.get(random.nextInt(open.size()));
        final int length = Math.min(one.end - one.next, 512 * random.nextInt(1, 65));
        final boolean last = one.next + length == one.end;
        final byte[] pdu = queue.h2cData(one.cccid, one.ttag, one.next, new byte[length], last);
        if (!polite && 0 == random.nextInt(40)) {
            pdu[random.nextInt(24)] ^= (byte) (1 << random.nextInt(8));
        }
        if (0 == random.nextInt(20)) {
            pdu[50] ^= 1; // a data digest error, if there are digests
        }
        feed(queue, pdu);
        one.next += length;
        if (last) {
            open.remove(one);
        }
    }

    private void sendJunk(final ScriptedHost queue) {
        if (!polite && 0 == random.nextInt(10)) {
            final byte[] junk = new byte[random.nextInt(1, 200)];
            random.nextBytes(junk);
            feed(queue, junk);
        }
    }

    /** On the volume without delay: a pair waits for the commands that overlap it. */
    private void sendFusedPair(final ScriptedHost queue) {
        final int nlb = random.nextInt(8);
        final int lba = random.nextInt(4);
        final int bytes = (nlb + 1) * 4096;
        final boolean inCapsule = bytes <= NvmeLimits.IN_CAPSULE_DATA_BYTES && random.nextBoolean();
        for (int fuse = 1; fuse <= 2; fuse++) {
            if (0 != random.nextInt(6)) {
                final int bits = fuse;
                feed(
                        queue,
                        queue.capsule(
                                sqe -> {
                                    sqe.opc(1 == bits ? Opcode.COMPARE : Opcode.WRITE)
                                            .fuse(bits)
                                            .nsid(3)
                                            .slba(lba)
                                            .nlb(nlb);
                                    if (!inCapsule) {
                                        sqe.sgl(SglDescriptor.TRANSPORT, 0, bytes);
                                    }
                                },
                                new byte[inCapsule ? bytes : 0]));
            }
        }
    }

    private void sendCommand(final ScriptedHost queue) {
        final int opcode = OPCODES[random.nextInt(OPCODES.length)];
        final int nsid = 1 + 2 * random.nextInt(2);
        final int nlb = random.nextInt(0 == random.nextInt(4) ? 200 : 16);
        final int bytes = (nlb + 1) * (1 == nsid ? 512 : 4096);
        final boolean ranges = Opcode.DATASET_MANAGEMENT == opcode;
        final boolean fromHost = Opcode.WRITE == opcode || Opcode.COMPARE == opcode;
        final boolean inCapsule =
                fromHost && bytes <= NvmeLimits.IN_CAPSULE_DATA_BYTES && random.nextBoolean();
        final int lba = random.nextInt(100);
        feed(
                queue,
                queue.capsule(
                        sqe -> {
                            sqe.opc(opcode).nsid(nsid).slba(lba);
                            if (ranges) {
                                sqe.cdw(10, 0).cdw(11, 4);
                            } else {
                                sqe.nlb(nlb);
                            }
                            if ((fromHost && !inCapsule) || Opcode.READ == opcode) {
                                sqe.sgl(SglDescriptor.TRANSPORT, 0, bytes);
                            }
                        },
                        new byte[ranges ? 16 : inCapsule ? bytes : 0]));
    }

    private void feed(final ScriptedHost queue, final byte[] pdu) {
        if (queue.connection.isPaused()) {
            return; // the engine takes nothing now, and a socket's buffer is not endless
        }
        queue.connection.feed(
                pdu, random.nextBoolean() ? pdu.length : random.nextInt(1, pdu.length + 1));
    }

    private void readAll() {
        for (int i = 0; i < 40; i++) {
            advance(STEP_NS);
            for (final ScriptedHost queue : queues) {
                queue.connection.limit(Integer.MAX_VALUE);
                read(queue);
            }
            ReceivedPdu.parse(admin.connection.takeSent());
        }
    }

    /** Parses what came wholly; the begun PDU at the end waits for its rest. */
    private void read(final ScriptedHost queue) {
        final byte[] more = queue.connection.takeSent();
        final byte[] before = unparsed.getOrDefault(queue, new byte[0]);
        final byte[] all = Arrays.copyOf(before, before.length + more.length);
        System.arraycopy(more, 0, all, before.length, more.length);
        final CommonHeader header = new CommonHeader();
        int end = 0;
        while (end + CommonHeader.COMMON_HEADER_LENGTH <= all.length) {
            final long plen = header.wrap(new UnsafeBuffer(all), end).plen();
            if (plen > all.length - end) {
                break;
            }
            end += (int) plen;
        }
        unparsed.put(queue, Arrays.copyOfRange(all, end, all.length));
        for (final ReceivedPdu pdu : ReceivedPdu.parse(Arrays.copyOf(all, end))) {
            if (PduType.R2T == pdu.type()) {
                wanted.computeIfAbsent(queue, key -> new ArrayList<>()).add(new Wanted(pdu));
            }
        }
    }
}
