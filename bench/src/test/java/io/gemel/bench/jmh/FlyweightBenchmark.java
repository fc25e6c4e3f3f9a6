package io.gemel.bench.jmh;

import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import io.gemel.nvme.tcp.wire.C2hData;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.wire.NvmeSqe;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One header read or written by a flyweight, and by a ByteBuffer with the same fields. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FlyweightBenchmark {
    private static final int AT = 64;

    private final ByteBuffer bigEndian = ByteBuffer.allocateDirect(4096);
    private final ByteBuffer littleEndian =
            ByteBuffer.allocateDirect(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final UnsafeBuffer iscsi = new UnsafeBuffer(bigEndian);
    private final UnsafeBuffer nvme = new UnsafeBuffer(littleEndian);
    private final ScsiCommandFlyweight command = new ScsiCommandFlyweight();
    private final DataInFlyweight dataIn = new DataInFlyweight();
    private final CapsuleCmd capsule = new CapsuleCmd();
    private final NvmeSqe sqe = new NvmeSqe();
    private final C2hData c2hData = new C2hData();
    private int number;

    @Setup
    public void setUp() {
        command.wrapAndClear(iscsi, 0)
                .isRead(true)
                .initiatorTaskTag(7)
                .expectedDataTransferLength(4096)
                .cmdSn(9)
                .expStatSn(10);
        capsule.encode(nvme, 0).commonHeader(0, 0, CapsuleCmd.HEADER_LENGTH);
        sqe.encode(nvme, CapsuleCmd.SQE_OFFSET).opc(2).commandId(3).nsid(1).slba(99).nlb(7);
    }

    @Benchmark
    public long scsiCommandByFlyweight() {
        command.wrap(iscsi, 0);
        return command.initiatorTaskTag()
                + command.lun()
                + command.cmdSn()
                + command.expStatSn()
                + command.expectedDataTransferLength()
                + command.dataSegmentLength()
                + (command.isRead() ? 1 : 0);
    }

    @Benchmark
    public long scsiCommandByByteBuffer() {
        return bigEndian.getInt(16)
                + bigEndian.getLong(8)
                + bigEndian.getInt(24)
                + bigEndian.getInt(28)
                + (bigEndian.getInt(20) & 0xFFFF_FFFFL)
                + (bigEndian.getInt(4) & 0xFF_FFFF)
                + ((bigEndian.get(1) & 0x40) != 0 ? 1 : 0);
    }

    @Benchmark
    public UnsafeBuffer dataInByFlyweight() {
        final int n = number++;
        dataIn.wrapAndClear(iscsi, AT)
                .isFinal(true)
                .hasStatus(true)
                .dataSegmentLength(4096)
                .initiatorTaskTag(n)
                .targetTransferTag(-1)
                .statSn(n)
                .expCmdSn(n)
                .maxCmdSn(n + 64);
        return iscsi;
    }

    @Benchmark
    public ByteBuffer dataInByByteBuffer() {
        final int n = number++;
        for (int i = 0; i < 48; i += 8) {
            bigEndian.putLong(AT + i, 0);
        }
        bigEndian.put(AT, (byte) 0x25);
        bigEndian.put(AT + 1, (byte) 0x81);
        bigEndian.putInt(AT + 4, 4096);
        bigEndian.putInt(AT + 16, n);
        bigEndian.putInt(AT + 20, -1);
        bigEndian.putInt(AT + 24, n);
        bigEndian.putInt(AT + 28, n);
        bigEndian.putInt(AT + 32, n + 64);
        return bigEndian;
    }

    @Benchmark
    public long capsuleCmdByFlyweight() {
        capsule.wrap(nvme, 0);
        sqe.wrap(nvme, capsule.sqeOffset());
        return capsule.type()
                + capsule.plen()
                + sqe.opc()
                + sqe.commandId()
                + sqe.nsid()
                + sqe.slba()
                + sqe.blockCount();
    }

    @Benchmark
    public long capsuleCmdByByteBuffer() {
        return (littleEndian.get(0) & 0xFF)
                + (littleEndian.getInt(4) & 0xFFFF_FFFFL)
                + (littleEndian.get(8) & 0xFF)
                + (littleEndian.getShort(10) & 0xFFFF)
                + littleEndian.getInt(12)
                + littleEndian.getLong(48)
                + (littleEndian.getInt(56) & 0xFFFF)
                + 1;
    }

    @Benchmark
    public UnsafeBuffer c2hDataByFlyweight() {
        c2hData.encode(nvme, 128).commonHeader(0x0C, 24, 24 + 4096).cccid(number++).datal(4096);
        return nvme;
    }

    @Benchmark
    public ByteBuffer c2hDataByByteBuffer() {
        littleEndian.putLong(128, 0);
        littleEndian.putLong(136, 0);
        littleEndian.putLong(144, 0);
        littleEndian.put(128, (byte) 7);
        littleEndian.put(129, (byte) 0x0C);
        littleEndian.put(130, (byte) 24);
        littleEndian.put(131, (byte) 24);
        littleEndian.putInt(132, 24 + 4096);
        littleEndian.putShort(136, (short) number++);
        littleEndian.putInt(144, 4096);
        return littleEndian;
    }
}
