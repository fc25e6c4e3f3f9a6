package io.gemel.nvme.tcp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.core.lane.Task;
import io.gemel.core.lane.Transmit;
import io.gemel.core.memory.SlabBuffer;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.tcp.wire.C2hData;
import io.gemel.nvme.tcp.wire.CapsuleResp;
import io.gemel.nvme.tcp.wire.FatalErrorStatus;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.IcResp;
import io.gemel.nvme.tcp.wire.NvmeTcpPdu;
import io.gemel.nvme.tcp.wire.NvmeTcpR2t;
import io.gemel.nvme.tcp.wire.PduType;
import io.gemel.nvme.tcp.wire.TermReq;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Encodes what goes to the host: ICResp, R2T, C2HData, response capsules, C2HTermReq, with digests.
 * Owner: one connection.
 */
final class PduSender {
    private static final int DIGEST = NvmeTcpPdu.DIGEST_LENGTH;

    private final NvmeTcpLane nvmeLane;
    private final Transmit transmit;
    private boolean headerDigest;
    private boolean dataDigestEnabled;
    private int hostDataAlignment = 4;
    private boolean successInData;

    /** A data PDU of this task is begun: nothing else may be sent in between. */
    private Task transmitting;

    PduSender(final NvmeTcpLane nvmeLane, final Transmit transmit) {
        this.nvmeLane = nvmeLane;
        this.transmit = transmit;
    }

    /** The host has said by ICReq what it wants. */
    void negotiated(final IcReq icReq) {
        headerDigest = 0 != (icReq.dgst() & IcReq.HDGST_ENABLE);
        dataDigestEnabled = 0 != (icReq.dgst() & IcReq.DDGST_ENABLE);
        hostDataAlignment = icReq.hostDataAlignmentBytes();
    }

    /**
     * From now on the last data PDU completes a successful command without a response capsule: SQ
     * flow control is disabled.
     */
    void successInData() {
        successInData = true;
    }

    /** Another task's data PDU is half sent. */
    private boolean isBusyFor(final Task task) {
        return null != transmitting && task != transmitting;
    }

    /** Whose data PDU is half sent, or null. */
    Task transmitting() {
        return transmitting;
    }

    /** The task is over, whatever was sent of it. */
    void released(final Task task) {
        if (transmitting == task) {
            transmitting = null;
        }
    }

    /** Queues ICResp; false when there is no room. */
    boolean icResp(final IcReq icReq) {
        final int at = transmit.claim(IcResp.LENGTH);
        if (at < 0) {
            return false;
        }
        nvmeLane.icResp
                .encode(transmit.buffer(), at)
                .commonHeader()
                .dgst(icReq.dgst())
                .maxh2cdata(PduReceiver.MAX_H2C_DATA_BYTES);
        transmit.commit(IcResp.LENGTH);
        return true;
    }

    /** Queues C2HTermReq with the header of the PDU in error, unless a data PDU is half sent. */
    void termReq(
            final FatalErrorStatus status,
            final int fei,
            final DirectBuffer buffer,
            final int at,
            final int available) {
        if (null != transmitting) {
            return;
        }
        final int hlen = PduType.headerLength(buffer.getByte(at) & 0xFF);
        final int wanted = hlen < 0 ? NvmeTcpPdu.COMMON_HEADER_LENGTH : hlen;
        final int copied = Math.min(Math.min(wanted, available), TermReq.MAX_DATA_LENGTH);
        final int length = TermReq.HEADER_LENGTH + copied;
        final int claimed = transmit.claim(length);
        if (claimed >= 0) {
            nvmeLane.termReq
                    .encode(transmit.buffer(), claimed)
                    .commonHeader(PduType.C2H_TERM_REQ, copied)
                    .fes(status.fes())
                    .fei(fei & 0xFFFF_FFFFL);
            transmit.buffer().putBytes(claimed + TermReq.HEADER_LENGTH, buffer, at, copied);
            transmit.commit(length);
        }
    }

    /** Queues R2T for all of a command's data; false when there is no room. */
    boolean r2t(final int commandId, final int ttag, final int lengthBytes) {
        final int length = NvmeTcpR2t.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        final int at = null == transmitting ? transmit.claim(length) : -1;
        if (at < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = transmit.buffer();
        nvmeLane.r2t
                .encode(buffer, at)
                .commonHeader(headerDigest)
                .cccid(commandId)
                .ttag(ttag)
                .r2tl(lengthBytes);
        putHeaderDigest(buffer, at, NvmeTcpR2t.HEADER_LENGTH);
        transmit.commit(length);
        return true;
    }

    /** Queues a response capsule; false when there is no room. */
    boolean response(final int commandId, final int status, final long result, final int sqhd) {
        final int length = CapsuleResp.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        final int at = null == transmitting ? transmit.claim(length) : -1;
        if (at < 0) {
            return false;
        }
        putResponse(transmit.buffer(), at, commandId, status, result, sqhd);
        transmit.commit(length);
        return true;
    }

    /**
     * Queues the answer of a command: its data, and its response capsule where one is needed.
     *
     * @return false when there is no room: to be called again, for the same task before any other
     *     PDU is sent
     */
    boolean answer(final Task task, final CommandSlot slot, final int sqhd) {
        if (isBusyFor(task)) {
            return false;
        }
        final NvmeCommand command = slot.command;
        if (command.isSuccess() && DataDirection.TO_HOST == command.direction()) {
            return command.lengthBytes() < Transmit.SEND_THRESHOLD_BYTES
                    ? sendDataCopied(task, command, sqhd)
                    : sendDataByReference(task, slot, sqhd);
        }
        return response(command.commandId(), command.status(), command.result(), sqhd);
    }

    /** Whether the data PDU also completes the command. */
    private boolean isSuccessInData(final NvmeCommand command) {
        return successInData && 0 == command.result();
    }

    private int responseLength(final NvmeCommand command) {
        return isSuccessInData(command)
                ? 0
                : CapsuleResp.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
    }

    private int dataHeaderLength() {
        final int header = C2hData.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        return (header + hostDataAlignment - 1) / hostDataAlignment * hostDataAlignment;
    }

    private boolean sendDataCopied(final Task task, final NvmeCommand command, final int sqhd) {
        final int header = dataHeaderLength();
        final int data = command.lengthBytes();
        final int digest = dataDigestEnabled ? DIGEST : 0;
        final int length = header + data + digest + responseLength(command);
        final int at = transmit.claim(length);
        if (at < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = transmit.buffer();
        putDataHeader(buffer, at, command, header);
        buffer.putBytes(at + header, task.buffer().buffer(), 0, data);
        if (dataDigestEnabled) {
            buffer.putInt(
                    at + header + data,
                    nvmeLane.digest.of(buffer, at + header, data),
                    LITTLE_ENDIAN);
        }
        if (!isSuccessInData(command)) {
            putResponse(
                    buffer,
                    at + header + data + digest,
                    command.commandId(),
                    command.status(),
                    command.result(),
                    sqhd);
        }
        transmit.commit(length);
        return true;
    }

    private boolean sendDataByReference(final Task task, final CommandSlot slot, final int sqhd) {
        final NvmeCommand command = slot.command;
        final int data = command.lengthBytes();
        if (CommandSlot.ResponseStage.NOTHING == slot.stage) {
            final int header = dataHeaderLength();
            final int at = transmit.claim(header);
            if (at < 0) {
                return false;
            }
            putDataHeader(transmit.buffer(), at, command, header);
            transmit.commit(header);
            transmitting = task;
            slot.stage = CommandSlot.ResponseStage.DATA_HEADER;
        }
        final SlabBuffer source = task.buffer();
        if (CommandSlot.ResponseStage.DATA_HEADER == slot.stage) {
            if (!transmit.send(source, 0, data)) {
                return false;
            }
            slot.stage = CommandSlot.ResponseStage.DATA;
        }
        final int digest = dataDigestEnabled ? DIGEST : 0;
        final int tail = digest + responseLength(command);
        if (tail > 0) {
            final int at = transmit.claim(tail);
            if (at < 0) {
                return false;
            }
            final MutableDirectBuffer buffer = transmit.buffer();
            if (dataDigestEnabled) {
                buffer.putInt(at, nvmeLane.digest.of(source.buffer(), 0, data), LITTLE_ENDIAN);
            }
            if (!isSuccessInData(command)) {
                putResponse(
                        buffer,
                        at + digest,
                        command.commandId(),
                        command.status(),
                        command.result(),
                        sqhd);
            }
            transmit.commit(tail);
        }
        transmitting = null;
        return true;
    }

    private void putDataHeader(
            final MutableDirectBuffer buffer,
            final int at,
            final NvmeCommand command,
            final int headerLength) {
        final int flags =
                C2hData.LAST_PDU
                        | (isSuccessInData(command) ? C2hData.SUCCESS : 0)
                        | (headerDigest ? NvmeTcpPdu.HDGSTF : 0)
                        | (dataDigestEnabled ? NvmeTcpPdu.DDGSTF : 0);
        final int plen = headerLength + command.lengthBytes() + (dataDigestEnabled ? DIGEST : 0);
        nvmeLane.c2hData
                .encode(buffer, at)
                .commonHeader(flags, headerLength, plen)
                .cccid(command.commandId())
                .datal(command.lengthBytes());
        putHeaderDigest(buffer, at, C2hData.HEADER_LENGTH);
        final int used = C2hData.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        if (headerLength > used) {
            buffer.setMemory(at + used, headerLength - used, (byte) 0);
        }
    }

    private void putResponse(
            final MutableDirectBuffer buffer,
            final int at,
            final int commandId,
            final int status,
            final long result,
            final int sqhd) {
        final CapsuleResp response =
                nvmeLane.capsuleResp.encode(buffer, at).commonHeader(headerDigest);
        nvmeLane.cqe
                .encode(buffer, response.cqeOffset())
                .value(result)
                .sqhd(sqhd)
                .commandId(commandId)
                .status(status);
        putHeaderDigest(buffer, at, CapsuleResp.HEADER_LENGTH);
    }

    private void putHeaderDigest(
            final MutableDirectBuffer buffer, final int at, final int headerLength) {
        if (headerDigest) {
            buffer.putInt(
                    at + headerLength, nvmeLane.digest.of(buffer, at, headerLength), LITTLE_ENDIAN);
        }
    }
}
