package io.gemel.nvme.tcp;

import io.gemel.core.memory.Crc32cDigest;
import io.gemel.nvme.tcp.wire.C2hData;
import io.gemel.nvme.tcp.wire.CapsuleResp;
import io.gemel.nvme.tcp.wire.CommonHeader;
import io.gemel.nvme.tcp.wire.NvmeTcpPdu;
import io.gemel.nvme.tcp.wire.NvmeTcpR2t;
import io.gemel.nvme.tcp.wire.PduType;
import io.gemel.nvme.tcp.wire.TermReq;
import io.gemel.nvme.wire.NvmeCqe;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** One PDU that the engine sent, its framing and digests checked. */
record ReceivedPdu(int type, int flags, byte[] header, byte[] data) {

    static List<ReceivedPdu> parse(final byte[] bytes) {
        final List<ReceivedPdu> pdus = new ArrayList<>();
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        int at = 0;
        while (at < bytes.length) {
            final CommonHeader common = new CommonHeader().wrap(buffer, at);
            final int hlen = PduType.headerLength(common.type());
            check(hlen == common.hlen(), "HLEN " + common.hlen() + " of type " + common.type());
            final int plen = (int) common.plen();
            check(plen <= bytes.length - at, "PLEN " + plen + " of " + (bytes.length - at));
            int end = at + hlen;
            if (0 != (common.flags() & NvmeTcpPdu.HDGSTF)) {
                digest(buffer, at, hlen, end);
                end += 4;
            }
            byte[] data = new byte[0];
            if (PduType.C2H_TERM_REQ == common.type()) {
                data = Arrays.copyOfRange(bytes, at + hlen, at + plen);
                end = at + plen;
            } else if (common.pdo() > 0) {
                check(at + common.pdo() >= end, "PDO");
                final int ddgst = 0 != (common.flags() & NvmeTcpPdu.DDGSTF) ? 4 : 0;
                final int length = plen - common.pdo() - ddgst;
                data = Arrays.copyOfRange(bytes, at + common.pdo(), at + common.pdo() + length);
                if (ddgst > 0) {
                    digest(buffer, at + common.pdo(), length, at + plen - 4);
                }
                end = at + plen;
            }
            check(at + plen == end, "PLEN");
            pdus.add(
                    new ReceivedPdu(
                            common.type(),
                            common.flags(),
                            Arrays.copyOfRange(bytes, at, at + hlen),
                            data));
            at = end;
        }
        return pdus;
    }

    private static void digest(
            final UnsafeBuffer buffer, final int at, final int length, final int digestAt) {
        check(
                new Crc32cDigest().of(buffer, at, length)
                        == buffer.getInt(digestAt, ByteOrder.LITTLE_ENDIAN),
                "digest");
    }

    private static void check(final boolean holds, final String what) {
        if (!holds) {
            throw new AssertionError("malformed PDU from the engine: " + what);
        }
    }

    NvmeCqe cqe() {
        check(PduType.CAPSULE_RESP == type, "expected CapsuleResp, got type " + type);
        return new NvmeCqe().wrap(new UnsafeBuffer(header), CapsuleResp.CQE_OFFSET);
    }

    C2hData c2hData() {
        check(PduType.C2H_DATA == type, "expected C2HData, got type " + type);
        return new C2hData().wrap(new UnsafeBuffer(header), 0);
    }

    NvmeTcpR2t r2t() {
        check(PduType.R2T == type, "expected R2T, got type " + type);
        return new NvmeTcpR2t().wrap(new UnsafeBuffer(header), 0);
    }

    TermReq termReq() {
        check(PduType.C2H_TERM_REQ == type, "expected C2HTermReq, got type " + type);
        return new TermReq().wrap(new UnsafeBuffer(header), 0);
    }
}
