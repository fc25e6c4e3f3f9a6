package io.gemel.nvme.tcp.wire;

/** Fatal Error Status of the TermReq PDUs. */
public enum FatalErrorStatus {
    /** A field of a PDU header is wrong; FEI is its byte offset. */
    INVALID_PDU_HEADER_FIELD(0x01),
    /** A PDU that may not come here, or twice. */
    PDU_SEQUENCE_ERROR(0x02),
    /** The header digest does not match; FEI is the digest received. */
    HEADER_DIGEST_ERROR(0x03),
    /** Data outside of what was asked for. */
    DATA_TRANSFER_OUT_OF_RANGE(0x04),
    /**
     * Host to controller: more R2Ts than MAXR2T; controller to host: more data in a PDU than
     * MAXH2CDATA.
     */
    LIMIT_EXCEEDED(0x05),
    /** A parameter that this side does not support; FEI is its byte offset. */
    UNSUPPORTED_PARAMETER(0x06);

    private final int fes;

    FatalErrorStatus(final int fes) {
        this.fes = fes;
    }

    public int fes() {
        return fes;
    }
}
