package io.gemel.nvme.wire;

import static io.gemel.nvme.wire.StructureLaws.field;
import static io.gemel.nvme.wire.StructureLaws.hold;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class StructureTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[8192]);

    @Test
    void shouldPlaceEveryFieldOfQueueEntries() throws Exception {
        hold(
                new NvmeSqe(),
                64,
                field("opc", 0, 1),
                field("commandId", 2, 2),
                field("nsid", 4, 4),
                field("fctype", 4, 1),
                field("slba", 40, 8),
                field("recfmt", 40, 2),
                field("qid", 42, 2),
                field("sqsize", 44, 2),
                field("cattr", 46, 1),
                field("kato", 48, 4),
                field("propertyOffset", 44, 4),
                field("propertyValue", 48, 8),
                field("nlb", 48, 2));
        hold(
                new NvmeCqe(),
                16,
                field("dw0", 0, 4),
                field("value", 0, 8),
                field("sqhd", 8, 2),
                field("commandId", 12, 2),
                field("status", 14, 2));
    }

    @Test
    void shouldReadBitFieldsOfTheSqe() {
        final NvmeSqe sqe = new NvmeSqe().encode(buffer, 0);
        buffer.putByte(1, (byte) 0x82);
        assertThat(sqe.fuse()).isEqualTo(2);
        assertThat(sqe.psdt()).isEqualTo(2);
        sqe.cdw(12, 0x4200_0007);
        assertThat(sqe.fua()).isTrue();
        assertThat(sqe.deac()).isTrue();
        assertThat(sqe.nlb()).isEqualTo(7);
        assertThat(sqe.blockCount()).isEqualTo(8);
        sqe.fua(false).deac(false).nlb(0xFFFF);
        assertThat(sqe.cdw(12)).isEqualTo(0xFFFF);
        sqe.cdw(12, 0x3C00_0000);
        assertThat(sqe.prinfo()).isEqualTo(15);
        sqe.sgl(SglDescriptor.TRANSPORT, 0x1122334455667788L, 0xFFFF_FFF0L);
        assertThat(buffer.getByte(39)).isEqualTo((byte) 0x5A);
        assertThat(sqe.sglLength()).isEqualTo(0xFFFF_FFF0L);
        assertThat(sqe.sglAddress()).isEqualTo(0x1122334455667788L);
    }

    @Test
    void shouldBuildStatusFields() {
        assertThat(NvmeStatus.SUCCESS.field()).isZero();
        assertThat(NvmeStatus.INVALID_COMMAND_OPCODE.field()).isEqualTo(0x8002);
        assertThat(NvmeStatus.TRANSIENT_TRANSPORT_ERROR.field()).isEqualTo(0x0044);
        assertThat(NvmeStatus.COMPARE_FAILURE.field()).isEqualTo(0x850A);
        final NvmeCqe cqe =
                new NvmeCqe().encode(buffer, 0).status(NvmeStatus.COMPARE_FAILURE.field());
        assertThat(cqe.sct()).isEqualTo(2);
        assertThat(cqe.sc()).isEqualTo(0x85);
        assertThat(cqe.dnr()).isTrue();
    }

    @Test
    void shouldPlaceEveryFieldOfIdentifyController() throws Exception {
        hold(
                new IdentifyController(),
                4096,
                field("vid", 0, 2),
                field("ssvid", 2, 2),
                field("rab", 72, 1),
                field("cmic", 76, 1),
                field("mdts", 77, 1),
                field("cntlid", 78, 2),
                field("ver", 80, 4),
                field("rtd3r", 84, 4),
                field("rtd3e", 88, 4),
                field("oaes", 92, 4),
                field("ctratt", 96, 4),
                field("cntrltype", 111, 1),
                field("crdt1", 128, 2),
                field("oacs", 256, 2),
                field("acl", 258, 1),
                field("aerl", 259, 1),
                field("frmw", 260, 1),
                field("lpa", 261, 1),
                field("elpe", 262, 1),
                field("npss", 263, 1),
                field("avscc", 264, 1),
                field("wctemp", 266, 2),
                field("cctemp", 268, 2),
                field("kas", 320, 2),
                field("anatt", 342, 1),
                field("anacap", 343, 1),
                field("anagrpmax", 344, 4),
                field("nanagrpid", 348, 4),
                field("sqes", 512, 1),
                field("cqes", 513, 1),
                field("maxcmd", 514, 2),
                field("nn", 516, 4),
                field("oncs", 520, 2),
                field("fuses", 522, 2),
                field("fna", 524, 1),
                field("vwc", 525, 1),
                field("awun", 526, 2),
                field("awupf", 528, 2),
                field("nwpc", 531, 1),
                field("acwu", 532, 2),
                field("sgls", 536, 4),
                field("mnan", 540, 4),
                field("ioccsz", 1792, 4),
                field("iorcsz", 1796, 4),
                field("icdoff", 1800, 2),
                field("fcatt", 1802, 1),
                field("msdbd", 1803, 1),
                field("ofcs", 1804, 2),
                field("psd0Mp", 2048, 2));
    }

    @Test
    void shouldPlaceEveryFieldOfNamespaceStructures() throws Exception {
        hold(
                new IdentifyNamespace(),
                4096,
                field("nsze", 0, 8),
                field("ncap", 8, 8),
                field("nuse", 16, 8),
                field("nsfeat", 24, 1),
                field("nlbaf", 25, 1),
                field("flbas", 26, 1),
                field("mc", 27, 1),
                field("nmic", 30, 1),
                field("rescap", 31, 1),
                field("fpi", 32, 1),
                field("dlfeat", 33, 1),
                field("nawun", 34, 2),
                field("nawupf", 36, 2),
                field("nacwu", 38, 2),
                field("npwg", 64, 2),
                field("npwa", 66, 2),
                field("npdg", 68, 2),
                field("npda", 70, 2),
                field("nows", 72, 2),
                field("anagrpid", 92, 4),
                field("nsattr", 99, 1),
                field("lbaf0", 128, 4));
        hold(
                new IdentifyNamespaceIndependent(),
                4096,
                field("nsfeat", 0, 1),
                field("nmic", 1, 1),
                field("rescap", 2, 1),
                field("fpi", 3, 1),
                field("anagrpid", 4, 4),
                field("nsattr", 8, 1),
                field("nvmsetid", 10, 2),
                field("endgid", 12, 2),
                field("nstat", 14, 1));
        hold(
                new IdentifyControllerNvm(),
                4096,
                field("vsl", 0, 1),
                field("wzsl", 1, 1),
                field("wusl", 2, 1),
                field("dmrl", 3, 1),
                field("dmrsl", 4, 4),
                field("dmsl", 8, 8));
        hold(
                new DsmRange(),
                16,
                field("contextAttributes", 0, 4),
                field("blockCount", 4, 4),
                field("slba", 8, 8));
    }

    @Test
    void shouldPlaceEveryFieldOfLogPages() throws Exception {
        hold(
                new ErrorLogEntry(),
                64,
                field("errorCount", 0, 8),
                field("sqid", 8, 2),
                field("commandId", 10, 2),
                field("status", 12, 2),
                field("parameterErrorLocation", 14, 2),
                field("lba", 16, 8),
                field("nsid", 24, 4),
                field("vendor", 28, 1),
                field("trtype", 29, 1),
                field("commandSpecific", 32, 8),
                field("transportSpecific", 40, 2));
        hold(
                new SmartLog(),
                512,
                field("criticalWarning", 0, 1),
                field("compositeTemperature", 1, 2),
                field("availableSpare", 3, 1),
                field("availableSpareThreshold", 4, 1),
                field("percentageUsed", 5, 1),
                field("dataUnitsRead", 32, 8),
                field("dataUnitsWritten", 48, 8),
                field("hostReadCommands", 64, 8),
                field("hostWriteCommands", 80, 8),
                field("controllerBusyTime", 96, 8),
                field("powerCycles", 112, 8),
                field("powerOnHours", 128, 8),
                field("unsafeShutdowns", 144, 8),
                field("mediaErrors", 160, 8),
                field("errorLogEntries", 176, 8));
        hold(
                new DiscoveryLogHeader(),
                1024,
                field("genctr", 0, 8),
                field("numrec", 8, 8),
                field("recfmt", 16, 2));
        hold(
                new DiscoveryLogEntry(),
                1024,
                field("trtype", 0, 1),
                field("adrfam", 1, 1),
                field("subtype", 2, 1),
                field("treq", 3, 1),
                field("portid", 4, 2),
                field("cntlid", 6, 2),
                field("asqsz", 8, 2),
                field("eflags", 10, 2),
                field("sectype", 768, 1));
        hold(
                new AnaGroupDescriptor(),
                32,
                field("anagrpid", 0, 4),
                field("nnsids", 4, 4),
                field("changeCount", 8, 8),
                field("state", 16, 1));
    }

    @Test
    void shouldPlaceConnectData() throws Exception {
        hold(new ConnectData(), 1024, field("cntlid", 16, 2));
        final ConnectData data = new ConnectData().encode(buffer, 0);
        final byte[] hostId = new byte[16];
        for (int i = 0; i < 16; i++) {
            hostId[i] = (byte) (i + 1);
        }
        data.hostId(hostId).subnqn("nqn.2026-11.io.gemel:a").hostnqn("nqn.2026-11.io.gemel:b");
        assertThat(data.hostId()).isEqualTo(hostId);
        assertThat(buffer.getByte(0)).isEqualTo((byte) 1);
        assertThat(buffer.getStringWithoutLengthAscii(256, 22)).isEqualTo("nqn.2026-11.io.gemel:a");
        assertThat(buffer.getStringWithoutLengthAscii(512, 22)).isEqualTo("nqn.2026-11.io.gemel:b");
        assertThat(data.subnqn()).isEqualTo("nqn.2026-11.io.gemel:a");
        assertThat(data.hostnqn()).isEqualTo("nqn.2026-11.io.gemel:b");
        assertThat(data.isNqn(ConnectData.SUBNQN_OFFSET)).isTrue();
    }

    @Test
    void shouldRefuseWhatIsNoNqn() {
        final ConnectData data = new ConnectData().encode(buffer, 0);
        assertThat(data.isNqn(ConnectData.SUBNQN_OFFSET)).isFalse();
        data.subnqn("iqn.2026-11.io.gemel:a");
        assertThat(data.isNqn(ConnectData.SUBNQN_OFFSET)).isFalse();
        data.subnqn("nqn." + "x".repeat(219));
        assertThat(data.isNqn(ConnectData.SUBNQN_OFFSET)).isTrue();
        data.subnqn("nqn." + "x".repeat(220));
        assertThat(data.isNqn(ConnectData.SUBNQN_OFFSET)).isFalse();
        data.subnqn("nqn." + "x".repeat(252));
        assertThat(data.isNqn(ConnectData.SUBNQN_OFFSET)).isFalse();
        data.subnqn("nqn.2026-11\n:a");
        assertThat(data.isNqn(ConnectData.SUBNQN_OFFSET)).isFalse();
    }

    @Test
    void shouldPlaceTextAndBytes() {
        new IdentifyController()
                .encode(buffer, 0)
                .sn("S1")
                .mn("Gemel")
                .fr("1")
                .ieee(new byte[] {1, 2, 3})
                .subnqn("nqn.x");
        assertThat(buffer.getStringWithoutLengthAscii(4, 20)).isEqualTo("S1" + " ".repeat(18));
        assertThat(buffer.getStringWithoutLengthAscii(24, 40)).isEqualTo("Gemel" + " ".repeat(35));
        assertThat(buffer.getStringWithoutLengthAscii(64, 8)).isEqualTo("1" + " ".repeat(7));
        assertThat(buffer.getByte(75)).isEqualTo((byte) 3);
        assertThat(buffer.getStringWithoutLengthAscii(768, 6)).isEqualTo("nqn.x\0");
        new DiscoveryLogEntry()
                .encode(buffer, 0)
                .trsvcid("4420")
                .subnqn("nqn.y")
                .traddr("127.0.0.1");
        assertThat(buffer.getStringWithoutLengthAscii(32, 8)).isEqualTo("4420    ");
        assertThat(buffer.getStringWithoutLengthAscii(256, 6)).isEqualTo("nqn.y\0");
        assertThat(buffer.getStringWithoutLengthAscii(512, 10)).isEqualTo("127.0.0.1 ");
    }

    @Test
    void shouldReadGetLogPageFields() {
        final NvmeSqe sqe = new NvmeSqe().encode(buffer, 0);
        sqe.cdw(10, 0x03FF_8170).cdw(11, 1).cdw(12, 0x10).cdw(13, 2).cdw(14, 0x0280_0000);
        assertThat(LogPage.lid(sqe)).isEqualTo(0x70);
        assertThat(LogPage.lsp(sqe)).isEqualTo(1);
        assertThat(LogPage.rae(sqe)).isTrue();
        assertThat(LogPage.lengthBytes(sqe)).isEqualTo((0x103FFL + 1) * 4);
        assertThat(LogPage.lpo(sqe)).isEqualTo(0x2_0000_0010L);
        assertThat(LogPage.ot(sqe)).isTrue();
        assertThat(LogPage.csi(sqe)).isEqualTo(2);
    }

    @Test
    void shouldBuildCapabilities() {
        final long cap = Property.cap(1023, 30, true);
        assertThat(cap & 0xFFFF).isEqualTo(1023);
        assertThat(Property.mqes(cap)).isEqualTo(1023);
        assertThat(cap >>> 16 & 1).isOne();
        assertThat(cap >>> 24 & 0xFF).isEqualTo(30);
        assertThat(cap >>> 37 & 0xFF).isEqualTo(0x41);
        assertThat(cap >>> 59 & 3).isOne();
        assertThat(Property.cap(127, 1, false) >>> 37 & 0xFF).isOne();
        final int cc = Property.cc(true, 6, 1, 6, 4);
        assertThat(cc).isEqualTo(0x0046_4061);
        assertThat(Property.en(cc)).isTrue();
        assertThat(Property.css(cc)).isEqualTo(6);
        assertThat(Property.shn(cc)).isOne();
        assertThat(Property.iosqes(cc)).isEqualTo(6);
        assertThat(Property.iocqes(cc)).isEqualTo(4);
        assertThat(Property.mps(0x780)).isEqualTo(15);
        assertThat(Property.ams(0x3800)).isEqualTo(7);
    }

    @Test
    void shouldBuildAsynchronousEvents() {
        assertThat(AsynchronousEvent.NAMESPACE_ATTRIBUTE_CHANGED.dw0()).isEqualTo(0x0004_0002);
        assertThat(AsynchronousEvent.ANA_CHANGE.dw0()).isEqualTo(0x000C_0302);
        assertThat(AsynchronousEvent.DISCOVERY_LOG_CHANGE.dw0()).isEqualTo(0x0070_F002);
        assertThat(AsynchronousEvent.DISCOVERY_LOG_CHANGE.mask()).isEqualTo(0x8000_0000);
    }

    @net.jqwik.api.Property
    void shouldReadFieldsAsTheStandardWritesThem(
            @ForAll final int word,
            @ForAll @IntRange(max = 31) final int a,
            @ForAll @IntRange(max = 31) final int b,
            @ForAll final int value) {
        final int high = Math.max(a, b);
        final int low = Math.min(a, b);
        final int changed = NvmeStructure.withBits(word, high, low, value);
        for (int i = 0; i < 32; i++) {
            final boolean inside = i >= low && i <= high;
            final int expected = inside ? value >>> i - low & 1 : word >>> i & 1;
            assertThat(changed >>> i & 1).isEqualTo(expected);
            assertThat(NvmeStructure.bit(changed, i)).isEqualTo(1 == expected);
        }
        final long mask = (1L << high - low + 1) - 1;
        assertThat(NvmeStructure.bits(changed, high, low)).isEqualTo((int) (value & mask));
    }
}
