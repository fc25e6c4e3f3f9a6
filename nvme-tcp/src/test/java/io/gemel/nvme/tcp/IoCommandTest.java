package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo;
import io.gemel.core.block.BlockBackend;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.block.FaultBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.wire.DsmRange;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IoCommandTest {
    private final TestTarget target = new TestTarget();
    private final ScriptedHost io = target.ioQueue(0);

    @AfterEach
    void shouldHoldNothingAtTheEnd() {
        target.assertIdle();
    }

    private void assertStatus(final NvmeStatus expected, final Consumer<NvmeSqe> fill) {
        assertThat(Integer.toHexString(io.command(fill).status()))
                .isEqualTo(Integer.toHexString(expected.field()));
    }

    private NvmeCqe withData(final Consumer<NvmeSqe> fill, final byte[] data) {
        final List<ReceivedPdu> pdus = io.send(fill, data);
        assertThat(pdus).hasSize(1);
        return pdus.get(0).cqe();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 0xD, 0xE, 0x11, 0x15, 0x19, 0x7E, 0x80, 0xFF})
    void shouldRefuseOpcodesItDoesNotHave(final int opcode) {
        assertStatus(NvmeStatus.INVALID_COMMAND_OPCODE, sqe -> sqe.opc(opcode).nsid(1));
    }

    @Test
    void shouldTellInactiveFromInvalidNamespaces() {
        for (final int opcode : new int[] {Opcode.READ, Opcode.FLUSH, Opcode.WRITE_ZEROES}) {
            assertStatus(NvmeStatus.INVALID_FIELD_IN_COMMAND, sqe -> sqe.opc(opcode).nsid(2));
            for (final int nsid : new int[] {0, 4, -1}) {
                assertStatus(
                        NvmeStatus.INVALID_NAMESPACE_OR_FORMAT, sqe -> sqe.opc(opcode).nsid(nsid));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"16384, 0", "16383, 1", "0x7fffffffffffffff, 0", "-1, 0", "-1, 1"})
    void shouldRefuseRangesBeyondTheEnd(final String slba, final int nlb) {
        final long lba = Long.decode(slba);
        for (final int opcode :
                new int[] {
                    Opcode.READ, Opcode.WRITE, Opcode.COMPARE, Opcode.VERIFY, Opcode.WRITE_ZEROES
                }) {
            assertStatus(
                    NvmeStatus.LBA_OUT_OF_RANGE, sqe -> sqe.opc(opcode).nsid(1).slba(lba).nlb(nlb));
        }
    }

    @Test
    void shouldEnforceMdts() {
        for (final int opcode :
                new int[] {Opcode.READ, Opcode.WRITE, Opcode.COMPARE, Opcode.VERIFY}) {
            assertStatus(
                    NvmeStatus.INVALID_FIELD_IN_COMMAND, sqe -> sqe.opc(opcode).nsid(1).nlb(4096));
        }
        assertThat(io.data(2 << 20, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(4095)))
                .hasSize(2 << 20);
        assertStatus(NvmeStatus.SUCCESS, sqe -> sqe.opc(Opcode.WRITE_ZEROES).nsid(1).nlb(16383));
    }

    @Test
    void shouldProtectReadOnlyNamespaces() {
        target.volume512.readOnly(true);
        assertStatus(
                NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED,
                sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0));
        assertStatus(
                NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED,
                sqe -> sqe.opc(Opcode.WRITE_ZEROES).nsid(1));
        assertStatus(
                NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED,
                sqe -> sqe.opc(Opcode.DATASET_MANAGEMENT).nsid(1).cdw(11, 4));
        assertThat(io.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0))).hasSize(512);
    }

    @Test
    void shouldCheckTheDataPointer() {
        final Consumer<NvmeSqe> read = sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0);
        assertStatus(
                NvmeStatus.INVALID_FIELD_IN_COMMAND,
                read.andThen(sqe -> sqe.psdt(0).sgl(SglDescriptor.TRANSPORT, 0, 512)));
        assertStatus(
                NvmeStatus.INVALID_FIELD_IN_COMMAND,
                read.andThen(sqe -> sqe.psdt(3).sgl(SglDescriptor.TRANSPORT, 0, 512)));
        assertStatus(
                NvmeStatus.DATA_SGL_LENGTH_INVALID,
                read.andThen(sqe -> sqe.sgl(SglDescriptor.TRANSPORT, 0, 511)));
        for (final int identifier :
                new int[] {0x00, 0x01, 0x10, 0x20, 0x30, 0x40, 0x4F, 0x50, 0xF0}) {
            assertStatus(
                    NvmeStatus.SGL_DESCRIPTOR_TYPE_INVALID,
                    read.andThen(sqe -> sqe.sgl(identifier, 0, 512)));
        }
        assertThat(io.read(512, read.andThen(sqe -> sqe.sgl(SglDescriptor.TRANSPORT, 0, 4096))))
                .hasSize(1);
        final Consumer<NvmeSqe> write = sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(1);
        final byte[] data = new byte[1024];
        assertThat(withData(write.andThen(sqe -> sqe.sgl(1, 0, 1023)), data).status())
                .isEqualTo(NvmeStatus.DATA_SGL_LENGTH_INVALID.field());
        assertThat(withData(write.andThen(sqe -> sqe.sgl(1, 0, 1025)), data).status())
                .isEqualTo(NvmeStatus.SGL_OFFSET_INVALID.field());
        assertThat(withData(write.andThen(sqe -> sqe.sgl(1, 4, 1024)), data).status())
                .isEqualTo(NvmeStatus.SGL_OFFSET_INVALID.field());
        assertThat(
                        withData(
                                        write.andThen(
                                                sqe -> sqe.sgl(SglDescriptor.TRANSPORT, 0, 1024)),
                                        data)
                                .status())
                .isEqualTo(NvmeStatus.SGL_DESCRIPTOR_TYPE_INVALID.field());
        assertThat(withData(write, data).status()).isZero();
    }

    @Test
    void shouldTakeWhatItNeedsOfLongerInCapsuleData() {
        final byte[] data = FirstTrafficTest.random(4096);
        assertThat(withData(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), data).status()).isZero();
        assertThat(io.data(1024, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(1)))
                .isEqualTo(Arrays.copyOf(Arrays.copyOf(data, 512), 1024));
    }

    @Test
    void shouldCompare() {
        final byte[] data = FirstTrafficTest.random(4096);
        assertThat(withData(sqe -> sqe.opc(Opcode.WRITE).nsid(3).slba(5).nlb(0), data).status())
                .isZero();
        assertThat(withData(sqe -> sqe.opc(Opcode.COMPARE).nsid(3).slba(5).nlb(0), data).status())
                .isZero();
        data[4095] ^= 1;
        assertThat(withData(sqe -> sqe.opc(Opcode.COMPARE).nsid(3).slba(5).nlb(0), data).status())
                .isEqualTo(NvmeStatus.COMPARE_FAILURE.field());
    }

    @Test
    void shouldWriteZeroesFlushAndVerify() {
        final byte[] data = FirstTrafficTest.random(4096);
        withData(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(7).fua(true), data);
        for (final boolean deac : new boolean[] {false, true}) {
            assertStatus(
                    NvmeStatus.SUCCESS,
                    sqe -> sqe.opc(Opcode.WRITE_ZEROES).nsid(1).slba(1).nlb(1).deac(deac));
        }
        Arrays.fill(data, 512, 1536, (byte) 0);
        assertThat(io.data(4096, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(7))).isEqualTo(data);
        assertStatus(NvmeStatus.SUCCESS, sqe -> sqe.opc(Opcode.FLUSH).nsid(1));
        assertStatus(NvmeStatus.SUCCESS, sqe -> sqe.opc(Opcode.VERIFY).nsid(1).nlb(15));
    }

    private static byte[] ranges(final long... lbaAndCount) {
        final byte[] bytes = new byte[lbaAndCount.length / 2 * DsmRange.LENGTH];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        for (int i = 0; i < lbaAndCount.length; i += 2) {
            new DsmRange()
                    .encode(buffer, i / 2 * DsmRange.LENGTH)
                    .slba(lbaAndCount[i])
                    .blockCount(lbaAndCount[i + 1]);
        }
        return bytes;
    }

    @Test
    void shouldDeallocateRanges() {
        final byte[] data = FirstTrafficTest.random(4096);
        withData(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(7), data);
        final Consumer<NvmeSqe> dsm = sqe -> sqe.opc(Opcode.DATASET_MANAGEMENT).nsid(1).cdw(10, 2);
        final byte[] list = ranges(0, 2, 3, 0, 6, 1);
        assertThat(withData(dsm, list).status()).isZero();
        assertThat(io.data(4096, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(7))).isEqualTo(data);
        assertThat(withData(dsm.andThen(sqe -> sqe.cdw(11, 4)), list).status()).isZero();
        Arrays.fill(data, 0, 1024, (byte) 0);
        Arrays.fill(data, 3072, 3584, (byte) 0);
        assertThat(io.data(4096, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(7))).isEqualTo(data);
    }

    /** Found by random commands: nothing is submitted, so there is no block status to look at. */
    @Test
    void shouldDeallocateNothing() {
        final Consumer<NvmeSqe> dsm =
                sqe -> sqe.opc(Opcode.DATASET_MANAGEMENT).nsid(1).cdw(10, 1).cdw(11, 4);
        assertThat(withData(dsm, ranges(0, 0, 16384, 0)).status()).isZero();
    }

    @Test
    void shouldTake256RangesAndRefuseOneBeyondTheEnd() {
        final long[] many = new long[512];
        for (int i = 0; i < 256; i++) {
            many[2 * i] = i * 2L;
            many[2 * i + 1] = 1;
        }
        final Consumer<NvmeSqe> dsm =
                sqe -> sqe.opc(Opcode.DATASET_MANAGEMENT).nsid(1).cdw(10, 255).cdw(11, 4);
        assertThat(withData(dsm, ranges(many)).status()).isZero();
        many[510] = 16384;
        assertThat(withData(dsm, ranges(many)).status())
                .isEqualTo(NvmeStatus.LBA_OUT_OF_RANGE.field());
        assertThat(
                        withData(
                                        sqe ->
                                                sqe.opc(Opcode.DATASET_MANAGEMENT)
                                                        .nsid(1)
                                                        .cdw(10, 1)
                                                        .cdw(11, 4),
                                        ranges(0, 1))
                                .status())
                .isEqualTo(NvmeStatus.DATA_SGL_LENGTH_INVALID.field());
    }

    @Test
    void shouldRefuseTheIdentifierOfACommandUnderWay() {
        final byte[] write =
                io.capsule(
                        sqe ->
                                sqe.opc(Opcode.WRITE)
                                        .nsid(1)
                                        .commandId(77)
                                        .sgl(SglDescriptor.TRANSPORT, 0, 512),
                        new byte[0]);
        io.connection.feed(write);
        final var r2t = io.one().r2t();
        assertStatus(
                NvmeStatus.COMMAND_ID_CONFLICT, sqe -> sqe.opc(Opcode.FLUSH).nsid(1).commandId(77));
        io.connection.feed(io.h2cData(77, r2t.ttag(), 0, new byte[512], true));
        assertThat(io.one().cqe().status()).isZero();
        assertStatus(NvmeStatus.SUCCESS, sqe -> sqe.opc(Opcode.FLUSH).nsid(1).commandId(77));
    }

    @Test
    void shouldRefuseFabricsCommandsOfTheAdminQueue() {
        assertStatus(
                NvmeStatus.INVALID_FIELD_IN_COMMAND,
                sqe -> sqe.opc(Opcode.FABRICS).fctype(Opcode.FCTYPE_PROPERTY_GET));
        assertStatus(
                NvmeStatus.COMMAND_SEQUENCE_ERROR,
                sqe -> sqe.opc(Opcode.FABRICS).fctype(Opcode.FCTYPE_CONNECT));
    }

    @Test
    void shouldTellErrorsOfTheBackend() {
        final BlockBackend broken =
                new FaultBackend(
                        new MemoryBackend(1 << 20),
                        operation ->
                                BackendIo.Kind.READ == operation.kind()
                                        ? BlockStatus.READ_ERROR
                                        : BlockStatus.WRITE_ERROR,
                        5);
        final TestTarget failing =
                new TestTarget(
                        HostAccess.ANY,
                        NvmeLimits.DEFAULT,
                        128,
                        TestVolumes.of(0, "x", 512, broken),
                        TestVolumes.memory(1, "y", 512, 2048));
        final ScriptedHost queue = failing.ioQueue(0);
        assertThat(
                        queue.command(
                                        sqe ->
                                                sqe.opc(Opcode.READ)
                                                        .nsid(1)
                                                        .nlb(0)
                                                        .sgl(SglDescriptor.TRANSPORT, 0, 512))
                                .status())
                .isEqualTo(NvmeStatus.UNRECOVERED_READ_ERROR.field());
        assertThat(
                        queue.send(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), new byte[512])
                                .get(0)
                                .cqe()
                                .status())
                .isEqualTo(NvmeStatus.WRITE_FAULT.field());
        failing.assertIdle();
    }
}
