package io.gemel.nvme.subsystem;

import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.NvmeStructure;
import io.gemel.reservations.nvme.NvmeAnswer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What NVMe adds to a task: the SQE, what data it expects, and what its CQE will say. One per task
 * slot of a lane, reused. Owner: the lane.
 */
public final class NvmeCommand {
    private final UnsafeBuffer sqeBytes = new UnsafeBuffer(new byte[NvmeSqe.LENGTH]);
    private final NvmeSqe sqe = new NvmeSqe().wrap(sqeBytes, 0);
    private int commandId;
    private int opcode;
    private DataDirection direction;
    private int lengthBytes;
    private int status;
    private long result;
    private Namespace namespace;
    private AbortObserver abortObserver;

    /** Takes a new SQE; everything else is as if the command succeeded without data. */
    public void begin(final DirectBuffer source, final int sqeOffset) {
        sqeBytes.putBytes(0, source, sqeOffset, NvmeSqe.LENGTH);
        commandId = sqe.commandId();
        opcode = sqe.opc();
        direction = DataDirection.NONE;
        lengthBytes = 0;
        status = 0;
        result = 0;
        namespace = null;
        abortObserver = null;
    }

    public NvmeSqe sqe() {
        return sqe;
    }

    public int commandId() {
        return commandId;
    }

    public int opcode() {
        return opcode;
    }

    /** The command moves so many bytes; 0 makes it a command without data. */
    public void expect(final DataDirection way, final int bytes) {
        direction = 0 == bytes ? DataDirection.NONE : way;
        lengthBytes = bytes;
    }

    public DataDirection direction() {
        return direction;
    }

    /** Data of the command, bytes. */
    public int lengthBytes() {
        return lengthBytes;
    }

    /** The command ends (or will end) with this status. */
    public void status(final NvmeStatus value) {
        status = value.field();
    }

    /** The command ends as reservations say; all of Status Code Type 0. */
    public void status(final NvmeAnswer answer) {
        final int code = NvmeStructure.withBits(0, 8, 1, answer.statusCode());
        status = NvmeStructure.withBits(code, 15, 15, answer.doNotRetry() ? 1 : 0);
    }

    /** The status field as in the CQE. */
    public int status() {
        return status;
    }

    public boolean isSuccess() {
        return 0 == status;
    }

    /** Dwords 0 and 1 of the CQE. */
    public long result() {
        return result;
    }

    public void result(final long value) {
        result = value;
    }

    /** The namespace that the command was admitted for, or null. */
    public Namespace namespace() {
        return namespace;
    }

    public void namespace(final Namespace value) {
        namespace = value;
    }

    /** Who wants to know how an abort of this command ended, or null. */
    public AbortObserver abortObserver() {
        return abortObserver;
    }

    public void abortObserver(final AbortObserver observer) {
        abortObserver = observer;
    }
}
