package io.gemel.nvme.wire;

/** NVMe qualified names. */
public final class Nqn {
    /** The well-known name of the discovery service. */
    public static final String DISCOVERY = "nqn.2014-08.org.nvmexpress.discovery";

    /** Shortest name accepted, bytes without NUL. */
    public static final int MIN_LENGTH = 7;

    /** Longest name, bytes without NUL. */
    public static final int MAX_LENGTH = 223;

    private Nqn() {}
}
