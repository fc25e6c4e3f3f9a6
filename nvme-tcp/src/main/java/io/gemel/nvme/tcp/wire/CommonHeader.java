package io.gemel.nvme.tcp.wire;

/** The eight bytes that every PDU starts with, read before its type is known. */
public final class CommonHeader extends NvmeTcpPdu<CommonHeader> {
    public CommonHeader() {
        super(COMMON_HEADER_LENGTH);
    }
}
