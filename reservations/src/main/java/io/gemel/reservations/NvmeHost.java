package io.gemel.reservations;

/**
 * An NVMe host by its Host Identifier: every controller of that host, of any subsystem and on any
 * node, is this one registrant. A 64-bit identifier never equals a 128-bit one: the width is part
 * of the identity.
 */
public final class NvmeHost implements Registrant {
    private final long high;
    private final long low;
    private final boolean extended;
    private final int hash;

    private NvmeHost(final long high, final long low, final boolean extended) {
        this.high = high;
        this.low = low;
        this.extended = extended;
        this.hash = ItNexus.mix(31 * Long.hashCode(high) + Long.hashCode(low) + (extended ? 1 : 0));
    }

    /**
     * A host with a 128-bit Host Identifier.
     *
     * @param high bytes 0 to 7 as on the wire, byte 0 highest
     * @param low bytes 8 to 15 as on the wire, byte 8 highest
     */
    public static NvmeHost of128(final long high, final long low) {
        return new NvmeHost(high, low, true);
    }

    /**
     * A host with a 64-bit Host Identifier.
     *
     * @param identifier bytes 0 to 7 as on the wire, byte 0 highest
     */
    public static NvmeHost of64(final long identifier) {
        return new NvmeHost(identifier, 0, false);
    }

    /** Bytes 0 to 7 of the identifier, byte 0 highest. */
    public long high() {
        return high;
    }

    /** Bytes 8 to 15 of the identifier, byte 8 highest; 0 for a 64-bit identifier. */
    public long low() {
        return low;
    }

    /** Whether the identifier has 128 bits (EXHID). */
    public boolean extended() {
        return extended;
    }

    /** The identifier's bytes in wire order, 32 or 16 lower-case hexadecimal digits. */
    public String hex() {
        return extended ? String.format("%016x%016x", high, low) : String.format("%016x", high);
    }

    @Override
    public String display() {
        return "nvme host " + hex();
    }

    @Override
    public boolean equals(final Object other) {
        return this == other
                || other instanceof NvmeHost that
                        && high == that.high
                        && low == that.low
                        && extended == that.extended;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(final Registrant other) {
        if (!(other instanceof NvmeHost that)) {
            return 1;
        }
        int order = Boolean.compare(extended, that.extended);
        if (order == 0) {
            order = Long.compareUnsigned(high, that.high);
        }
        return order == 0 ? Long.compareUnsigned(low, that.low) : order;
    }

    @Override
    public String toString() {
        return display();
    }
}
