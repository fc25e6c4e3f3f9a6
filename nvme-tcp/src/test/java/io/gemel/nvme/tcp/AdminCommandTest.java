package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.ErrorLogEntry;
import io.gemel.nvme.wire.Feature;
import io.gemel.nvme.wire.IdentifyController;
import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import io.gemel.nvme.wire.SmartLog;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminCommandTest {
    private final TestTarget target = new TestTarget();
    private final ScriptedHost admin = target.host();
    private int cntlid;

    @BeforeEach
    void connect() {
        cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 5000);
    }

    @AfterEach
    void shouldHoldNothingAtTheEnd() {
        target.assertIdle();
    }

    private NvmeStatus status(final Consumer<NvmeSqe> fill) {
        final List<ReceivedPdu> pdus = admin.read(4096, sqe -> fill.accept(sqe));
        final int field =
                pdus.get(pdus.size() - 1).type() == 7
                        ? 0
                        : pdus.get(pdus.size() - 1).cqe().status();
        return Arrays.stream(NvmeStatus.values())
                .filter(s -> s.field() == field)
                .findFirst()
                .orElseThrow();
    }

    private UnsafeBuffer identify(final int nsid, final int cns) {
        return new UnsafeBuffer(
                admin.data(4096, sqe -> sqe.opc(Opcode.IDENTIFY).nsid(nsid).cdw(10, cns)));
    }

    private byte[] log(final int lid, final int lengthBytes, final long offset) {
        return admin.data(
                lengthBytes,
                sqe ->
                        sqe.opc(Opcode.GET_LOG_PAGE)
                                .nsid(-1)
                                .cdw(10, lid | (lengthBytes / 4 - 1) << 16)
                                .cdw(12, (int) offset)
                                .cdw(13, (int) (offset >>> 32)));
    }

    // Identify

    @Test
    void shouldListNamespaces() {
        for (final int cns : new int[] {2, 7}) {
            assertThat(ints(identify(0, cns), 3)).containsExactly(1, 3, 0);
            assertThat(ints(identify(1, cns), 2)).containsExactly(3, 0);
            assertThat(ints(identify(3, cns), 1)).containsExactly(0);
            assertThat(status(sqe -> sqe.opc(Opcode.IDENTIFY).nsid(-1).cdw(10, cns)))
                    .isEqualTo(NvmeStatus.INVALID_NAMESPACE_OR_FORMAT);
        }
    }

    private static int[] ints(final UnsafeBuffer buffer, final int count) {
        final int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = buffer.getInt(4 * i, ByteOrder.LITTLE_ENDIAN);
        }
        return values;
    }

    @Test
    void shouldDescribeTheIdentityOfANamespace() {
        final UnsafeBuffer data = identify(3, Cns.NAMESPACE_DESCRIPTORS);
        final var identity = target.volume4096.identity();
        assertThat(data.getInt(0, ByteOrder.LITTLE_ENDIAN)).isEqualTo(0x0801);
        assertThat(data.getLong(4, ByteOrder.BIG_ENDIAN)).isEqualTo(identity.eui64());
        assertThat(data.getInt(12, ByteOrder.LITTLE_ENDIAN)).isEqualTo(0x1002);
        final UnsafeBuffer nguid = new UnsafeBuffer(new byte[16]);
        identity.nguid(nguid, 0);
        assertThat(data.getLong(16)).isEqualTo(nguid.getLong(0));
        assertThat(data.getLong(24)).isEqualTo(nguid.getLong(8));
        assertThat(data.getInt(32, ByteOrder.LITTLE_ENDIAN)).isEqualTo(0x1003);
        assertThat(data.getLong(36, ByteOrder.BIG_ENDIAN))
                .isEqualTo(identity.uuid().getMostSignificantBits());
        assertThat(data.getLong(44, ByteOrder.BIG_ENDIAN))
                .isEqualTo(identity.uuid().getLeastSignificantBits());
        assertThat(data.getInt(52, ByteOrder.LITTLE_ENDIAN)).isEqualTo(0x0104);
        assertThat(data.getLong(56)).isZero();
    }

    @Test
    void shouldKnowTheStructuresOfTheNvmCommandSet() {
        assertThat(identify(0, Cns.CONTROLLER_OF_COMMAND_SET).getByte(0)).isEqualTo((byte) 9);
        assertThat(identify(1, Cns.NAMESPACE_OF_COMMAND_SET).getLong(0)).isZero();
        final UnsafeBuffer independent = identify(1, Cns.NAMESPACE_INDEPENDENT);
        assertThat(independent.getByte(1)).isEqualTo((byte) 1);
        assertThat(independent.getByte(14)).isEqualTo((byte) 1);
        assertThat(
                        identify(0, Cns.IO_COMMAND_SETS | 0xFFFF_0000)
                                .getLong(0, ByteOrder.LITTLE_ENDIAN))
                .isOne();
        for (final int cns : new int[] {5, 6, 7}) {
            assertThat(
                            status(
                                    sqe ->
                                            sqe.opc(Opcode.IDENTIFY)
                                                    .nsid(1)
                                                    .cdw(10, cns)
                                                    .cdw(11, 2 << 24)))
                    .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        }
        for (final int cns : new int[] {4, 9, 0x10, 0x13, 0x20, 0xFF}) {
            assertThat(status(sqe -> sqe.opc(Opcode.IDENTIFY).nsid(1).cdw(10, cns)))
                    .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        }
    }

    @Test
    void shouldTellInactiveFromInvalidNamespaces() {
        assertThat(identify(2, Cns.NAMESPACE).getLong(0)).isZero();
        for (final int nsid : new int[] {0, 4, -1}) {
            assertThat(status(sqe -> sqe.opc(Opcode.IDENTIFY).nsid(nsid).cdw(10, 0)))
                    .isEqualTo(NvmeStatus.INVALID_NAMESPACE_OR_FORMAT);
        }
        assertThat(status(sqe -> sqe.opc(Opcode.IDENTIFY).nsid(2).cdw(10, 3)))
                .isEqualTo(NvmeStatus.INVALID_NAMESPACE_OR_FORMAT);
    }

    @Test
    void shouldAnnounceOnlyWhatItDoes() {
        final IdentifyController id = new IdentifyController().wrap(identify(0, Cns.CONTROLLER), 0);
        assertThat(id.fuses()).isOne();
        assertThat(id.acwu()).isEqualTo(254);
        assertThat(
                        new io.gemel.nvme.wire.IdentifyNamespace()
                                .wrap(identify(1, Cns.NAMESPACE), 0)
                                .nacwu())
                .isEqualTo(254);
        assertThat(id.oncs()).isEqualTo(0x9D);
        assertThat(id.vwc()).isEqualTo(5);
        assertThat(id.cmic()).isEqualTo(0x0B);
        assertThat(id.mdts()).isEqualTo(9);
        assertThat(id.kas()).isEqualTo(10);
        assertThat(id.cntrltype()).isOne();
        assertThat(id.ctratt()).isEqualTo(0x41);
        assertThat(id.sgls() & 3).isOne();
        target.volume512.writeCache(false);
        target.volume4096.writeCache(false);
        assertThat(new IdentifyController().wrap(identify(0, Cns.CONTROLLER), 0).vwc())
                .isEqualTo(4);
    }

    // log pages

    @Test
    void shouldReadLogPagesByOffset() {
        final byte[] whole = log(LogPage.COMMANDS_SUPPORTED_AND_EFFECTS, 4096, 0);
        assertThat(whole[4 * Opcode.IDENTIFY]).isEqualTo((byte) 1);
        assertThat(whole[4 * Opcode.CREATE_IO_SQ]).isZero();
        assertThat(whole[1024 + 4 * Opcode.WRITE]).isEqualTo((byte) 3);
        assertThat(whole[1024 + 4 * Opcode.COMPARE]).isEqualTo((byte) 1);
        assertThat(log(LogPage.COMMANDS_SUPPORTED_AND_EFFECTS, 16, 1024))
                .isEqualTo(Arrays.copyOfRange(whole, 1024, 1040));
        final byte[] beyond = log(LogPage.COMMANDS_SUPPORTED_AND_EFFECTS, 16, 4088);
        assertThat(beyond).isEqualTo(new byte[16]);
        final int lid = LogPage.COMMANDS_SUPPORTED_AND_EFFECTS;
        for (final int[] lpo : new int[][] {{4100, 0}, {2, 0}, {0, 1}, {0, -1}}) {
            assertThat(
                            status(
                                    sqe ->
                                            sqe.opc(Opcode.GET_LOG_PAGE)
                                                    .cdw(10, lid)
                                                    .cdw(12, lpo[0])
                                                    .cdw(13, lpo[1])))
                    .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        }
        assertThat(
                        status(
                                sqe ->
                                        sqe.opc(Opcode.GET_LOG_PAGE)
                                                .cdw(10, lid | 0xFFFF_0000)
                                                .cdw(11, 0xFFFF)))
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 0xD, 0x70, 0x80, 0xC0})
    void shouldRefuseLogPagesItDoesNotHave(final int lid) {
        assertThat(status(sqe -> sqe.opc(Opcode.GET_LOG_PAGE).cdw(10, lid)))
                .isEqualTo(NvmeStatus.INVALID_LOG_PAGE);
        assertThat(new UnsafeBuffer(log(0, 1024, 0)).getInt(4 * lid)).isZero();
    }

    @Test
    void shouldListTheLogPagesItHas() {
        final UnsafeBuffer page = new UnsafeBuffer(log(0, 1024, 0));
        for (final int lid : new int[] {0, 1, 2, 3, 4, 5, 0xC}) {
            assertThat(page.getInt(4 * lid, ByteOrder.LITTLE_ENDIAN)).isOne();
        }
    }

    @Test
    void shouldCountInTheSmartLog() {
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        io.send(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(7), new byte[4096]);
        io.data(1 << 20, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(2047));
        final SmartLog smart = new SmartLog().wrap(new UnsafeBuffer(log(2, 512, 0)), 0);
        assertThat(smart.hostReadCommands()).isOne();
        assertThat(smart.hostWriteCommands()).isOne();
        assertThat(smart.dataUnitsRead()).isEqualTo(3);
        assertThat(smart.dataUnitsWritten()).isOne();
        assertThat(smart.compositeTemperature()).isEqualTo(300);
        assertThat(status(sqe -> sqe.opc(Opcode.GET_LOG_PAGE).nsid(1).cdw(10, 2)))
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND);
    }

    @Test
    void shouldKeepErrorsNewestFirst() {
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 5, 31, 4, 0);
        admin.command(sqe -> sqe.opc(0x55).commandId(500));
        for (int i = 0; i < 70; i++) {
            final int lba = 16384 + i;
            io.command(sqe -> sqe.opc(Opcode.READ).nsid(1).slba(lba));
        }
        final UnsafeBuffer page = new UnsafeBuffer(log(1, 4096, 0));
        final ErrorLogEntry entry = new ErrorLogEntry().wrap(page, 0);
        assertThat(entry.errorCount()).isEqualTo(71);
        assertThat(entry.sqid()).isEqualTo(5);
        assertThat(entry.nsid()).isOne();
        assertThat(entry.lba()).isEqualTo(16384 + 69);
        assertThat(entry.status()).isEqualTo(NvmeStatus.LBA_OUT_OF_RANGE.field());
        assertThat(entry.wrap(page, 63 * 64).errorCount()).isEqualTo(8);
    }

    @Test
    void shouldShowOneOptimizedAnaGroup() {
        final UnsafeBuffer all = new UnsafeBuffer(log(LogPage.ANA, 64, 0));
        assertThat(all.getShort(8, ByteOrder.LITTLE_ENDIAN)).isEqualTo((short) 1);
        assertThat(ints(new UnsafeBuffer(all, 16, 8), 2)).containsExactly(1, 2);
        assertThat(all.getByte(32)).isEqualTo((byte) 1);
        assertThat(ints(new UnsafeBuffer(all, 48, 12), 3)).containsExactly(1, 3, 0);
        final UnsafeBuffer groups = new UnsafeBuffer(log(LogPage.ANA | 1 << 8, 64, 0));
        assertThat(ints(new UnsafeBuffer(groups, 16, 8), 2)).containsExactly(1, 0);
    }

    @Test
    void shouldShowItsFirmware() {
        final byte[] page = log(LogPage.FIRMWARE_SLOT, 512, 0);
        assertThat(page[0]).isEqualTo((byte) 1);
        assertThat(new String(page, 8, 8, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("0.1     ");
    }

    // features

    private int get(final int fid, final int select) {
        final NvmeCqe cqe =
                admin.command(sqe -> sqe.opc(Opcode.GET_FEATURES).cdw(10, fid | select << 8));
        assertThat(cqe.status()).as("feature %x", fid).isZero();
        return cqe.dw0();
    }

    private int set(final int fid, final int value) {
        return admin.command(sqe -> sqe.opc(Opcode.SET_FEATURES).cdw(10, fid).cdw(11, value))
                .status();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0x01020304, 0",
        "2, 0, 0",
        "4, 360, 343",
        "5, 100, 0",
        "8, 0x1234, 0",
        "10, 1, 0",
        "11, 0x100, 0x900",
        "15, 7000, 0",
        "25, 0, 0"
    })
    void shouldKeepFeatures(final int fid, final String value, final String byDefault) {
        assertThat(set(fid, Integer.decode(value))).isZero();
        assertThat(get(fid, 0)).isEqualTo(Integer.decode(value));
        if (Feature.KEEP_ALIVE_TIMER != fid) {
            assertThat(get(fid, 1)).isEqualTo(Integer.decode(byDefault));
            assertThat(get(fid, 2)).isEqualTo(Integer.decode(byDefault));
        }
        assertThat(get(fid, 3) & 4).isEqualTo(4);
        assertThat(set(fid | 1 << 31, 0))
                .isEqualTo(NvmeStatus.FEATURE_IDENTIFIER_NOT_SAVEABLE.field());
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1",
        "5, 65536",
        "7, 65535",
        "7, -65536",
        "4, 0x200000",
        "4, 0xA0000",
        "9, 0",
        "0x84, 0"
    })
    void shouldRefuseValuesItDoesNotHave(final String fid, final String value) {
        assertThat(set(Integer.decode(fid), Integer.decode(value)))
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
    }

    @Test
    void shouldGrantQueuesBeforeThereAreAny() {
        assertThat(
                        admin.command(
                                        sqe ->
                                                sqe.opc(Opcode.SET_FEATURES)
                                                        .cdw(10, 7)
                                                        .cdw(11, 0x30003))
                                .dw0())
                .isEqualTo(127 << 16 | 127);
        assertThat(get(7, 0)).isEqualTo(127 << 16 | 127);
        target.host().connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        assertThat(set(7, 0x30003)).isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
    }

    @Test
    void shouldSwitchTheWriteCacheOfItsVolumes() {
        assertThat(get(6, 0)).isOne();
        assertThat(set(6, 0)).isZero();
        assertThat(target.volume512.writeCache()).isFalse();
        assertThat(target.volume4096.writeCache()).isFalse();
        assertThat(get(6, 0)).isZero();
    }

    @Test
    void shouldKeepHostBehavior() {
        final byte[] behavior = new byte[512];
        behavior[0] = 1;
        final Consumer<NvmeSqe> set = sqe -> sqe.opc(Opcode.SET_FEATURES).cdw(10, 0x16);
        final Consumer<NvmeSqe> get = sqe -> sqe.opc(Opcode.GET_FEATURES).cdw(10, 0x16);
        assertThat(admin.send(set, behavior).get(0).cqe().status()).isZero();
        assertThat(admin.data(512, get)).isEqualTo(behavior);
        behavior[0] = 2;
        assertThat(admin.send(set, behavior).get(0).cqe().status())
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
    }

    @Test
    void shouldGiveTheHostIdentifier() {
        assertThat(admin.data(16, sqe -> sqe.opc(Opcode.GET_FEATURES).cdw(10, 0x81).cdw(11, 1)))
                .isEqualTo(ScriptedHost.HOST_ID);
        assertThat(status(sqe -> sqe.opc(Opcode.GET_FEATURES).cdw(10, 0x81)))
                .isEqualTo(NvmeStatus.HOST_IDENTIFIER_INCONSISTENT_FORMAT);
        assertThat(set(0x81, 1)).isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
    }

    @Test
    void shouldRefuseQueueCommandsOfOtherTransports() {
        for (final int opcode :
                new int[] {0, 1, 4, 5, 0x0D, 0x10, 0x11, 0x14, 0x15, 0x80, 0x81, 0x82, 0xC0}) {
            assertThat(status(sqe -> sqe.opc(opcode))).isEqualTo(NvmeStatus.INVALID_COMMAND_OPCODE);
        }
    }

    @Test
    void shouldAbortNothingThatIsNotThere() {
        final NvmeCqe cqe = admin.command(sqe -> sqe.opc(Opcode.ABORT).cdw(10, 999 << 16));
        assertThat(cqe.status()).isZero();
        assertThat(cqe.dw0()).isOne();
        assertThat(status(sqe -> sqe.opc(Opcode.ABORT).cdw(10, 9)))
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND);
    }

    @Test
    void shouldTakeALongerSglThanItFills() {
        assertThat(admin.read(8192, sqe -> sqe.opc(Opcode.IDENTIFY).cdw(10, 1)).get(0).data())
                .hasSize(4096);
        assertThat(
                        admin.command(
                                        sqe ->
                                                sqe.opc(Opcode.IDENTIFY)
                                                        .cdw(10, 1)
                                                        .sgl(SglDescriptor.TRANSPORT, 0, 4092))
                                .status())
                .isEqualTo(NvmeStatus.DATA_SGL_LENGTH_INVALID.field());
    }
}
