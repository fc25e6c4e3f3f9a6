package io.gemel.nvme.wire;

import static io.gemel.nvme.wire.NvmeStructure.withBits;

/**
 * The events that this target raises: dword 0 of the completion of an Asynchronous Event Request.
 */
public enum AsynchronousEvent {
    /** Notice: a namespace came, went or changed; read log page 04h. */
    NAMESPACE_ATTRIBUTE_CHANGED(2, 0x00, LogPage.CHANGED_NAMESPACE_LIST, 8),
    /** Notice: an ANA state changed; read log page 0Ch. */
    ANA_CHANGE(2, 0x03, LogPage.ANA, 11),
    /** Notice: the discovery log page changed; read log page 70h. */
    DISCOVERY_LOG_CHANGE(2, 0xF0, LogPage.DISCOVERY, 31);

    private final int dw0;
    private final int logPage;
    private final int configurationBit;

    AsynchronousEvent(
            final int type, final int information, final int logPage, final int configurationBit) {
        this.logPage = logPage;
        this.configurationBit = configurationBit;
        dw0 = withBits(withBits(withBits(0, 2, 0, type), 15, 8, information), 23, 16, logPage);
    }

    /** Dword 0 of the completion: type 2:0, information 15:8, log page identifier 23:16. */
    public int dw0() {
        return dw0;
    }

    /** The log page whose read clears the event. */
    public int logPage() {
        return logPage;
    }

    /** The bit of feature 0Bh and of OAES that enables it, as a mask. */
    public int mask() {
        return 1 << configurationBit;
    }
}
