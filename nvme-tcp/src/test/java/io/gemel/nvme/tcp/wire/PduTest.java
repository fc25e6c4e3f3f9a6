package io.gemel.nvme.tcp.wire;

import static io.gemel.nvme.wire.StructureLaws.field;
import static io.gemel.nvme.wire.StructureLaws.hold;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class PduTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);

    private String hex(final int lengthBytes) {
        return HexFormat.of().formatHex(buffer.byteArray(), 0, lengthBytes);
    }

    @Test
    void shouldPlaceEveryFieldWhereTheStandardHasIt() throws Exception {
        hold(
                new IcReq(),
                128,
                field("pfv", 8, 2),
                field("hpda", 10, 1),
                field("dgst", 11, 1),
                field("maxr2t", 12, 4));
        hold(
                new IcResp(),
                128,
                field("pfv", 8, 2),
                field("cpda", 10, 1),
                field("dgst", 11, 1),
                field("maxh2cdata", 12, 4));
        hold(new TermReq(), 24, field("fes", 8, 2), field("fei", 10, 4));
        hold(new CapsuleCmd(), 72);
        hold(new CapsuleResp(), 24);
        hold(
                new H2cData(),
                24,
                field("cccid", 8, 2),
                field("ttag", 10, 2),
                field("datao", 12, 4),
                field("datal", 16, 4));
        hold(new C2hData(), 24, field("cccid", 8, 2), field("datao", 12, 4), field("datal", 16, 4));
        hold(
                new NvmeTcpR2t(),
                24,
                field("cccid", 8, 2),
                field("ttag", 10, 2),
                field("r2to", 12, 4),
                field("r2tl", 16, 4));
        hold(new CommonHeader(), 8);
    }

    @Test
    void shouldEncodeWholePdus() {
        new IcReq().encode(buffer, 0).commonHeader().hpda(1).dgst(3).maxr2t(15);
        assertThat(hex(16)).isEqualTo("0000800080000000" + "000001030f000000");
        new IcResp().encode(buffer, 0).commonHeader().cpda(2).dgst(1).maxh2cdata(0x20000);
        assertThat(hex(16)).isEqualTo("0100800080000000" + "0000020100000200");
        new TermReq().encode(buffer, 0).commonHeader(PduType.C2H_TERM_REQ, 72).fes(1).fei(2);
        assertThat(hex(24)).isEqualTo("0300180060000000" + "01000200000000000000000000000000");
        new CapsuleCmd().encode(buffer, 0).commonHeader(3, 76, 76 + 512 + 4);
        assertThat(hex(8)).isEqualTo("0403484c50020000");
        new CapsuleResp().encode(buffer, 0).commonHeader(true);
        assertThat(hex(8)).isEqualTo("050118001c000000");
        new H2cData()
                .encode(buffer, 0)
                .commonHeader(4, 24, 24 + 8)
                .cccid(7)
                .ttag(9)
                .datao(4)
                .datal(8);
        assertThat(hex(24)).isEqualTo("0604181820000000" + "07000900040000000800000000000000");
        new C2hData().encode(buffer, 0).commonHeader(12, 24, 24 + 8).cccid(7).datal(8);
        assertThat(hex(24)).isEqualTo("070c181820000000" + "07000000000000000800000000000000");
        new NvmeTcpR2t().encode(buffer, 0).commonHeader(false).cccid(1).ttag(2).r2to(3).r2tl(4);
        assertThat(hex(24)).isEqualTo("0900180018000000" + "01000200030000000400000000000000");
    }

    @Test
    void shouldKnowTheHeaderLengthOfEachType() {
        final int[] expected = {128, 128, 24, 24, 72, 24, 24, 24, -1, 24};
        for (int type = 0; type < 256; type++) {
            assertThat(PduType.headerLength(type)).isEqualTo(type < 10 ? expected[type] : -1);
        }
    }

    @Test
    void shouldReadFlagsOfDataPdus() {
        for (int flags = 0; flags < 16; flags++) {
            final C2hData data = new C2hData().encode(buffer, 0).commonHeader(flags, 24, 24);
            assertThat(data.isLastPdu()).isEqualTo(0 != (flags & 4));
            assertThat(data.isSuccess()).isEqualTo(0 != (flags & 8));
        }
    }

    @Property
    void shouldReadBackWhatWasWritten(
            @ForAll @IntRange(max = 100) final int at,
            @ForAll @IntRange(max = 0xFFFF) final int cccid,
            @ForAll @IntRange(max = 0xFFFF) final int ttag,
            @ForAll @LongRange(max = 0xFFFF_FFFFL) final long offset,
            @ForAll @LongRange(max = 0xFFFF_FFFFL) final long length) {
        new H2cData()
                .encode(buffer, at)
                .commonHeader(4, 24, Integer.MAX_VALUE)
                .datal(length)
                .datao(offset)
                .ttag(ttag)
                .cccid(cccid);
        final H2cData read = new H2cData().wrap(buffer, at);
        assertThat(read.cccid()).isEqualTo(cccid);
        assertThat(read.ttag()).isEqualTo(ttag);
        assertThat(read.datao()).isEqualTo(offset);
        assertThat(read.datal()).isEqualTo(length);
        assertThat(read.plen()).isEqualTo(Integer.MAX_VALUE);
        assertThat(read.hlen()).isEqualTo(24);
        assertThat(read.pdo()).isEqualTo(24);
        assertThat(read.isLastPdu()).isTrue();
    }
}
