package io.gemel.core.uring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What io_uring can do here: probed once per process, and logged once. */
public final class UringFeatures {
    private static final Logger LOGGER = LoggerFactory.getLogger(UringFeatures.class);

    private final String unavailableReason;
    private final boolean singleIssuer;
    private final String line;

    private UringFeatures(
            final String unavailableReason, final boolean singleIssuer, final int features) {
        this.unavailableReason = unavailableReason;
        this.singleIssuer = singleIssuer;
        line =
                null != unavailableReason
                        ? "io_uring: not available: " + unavailableReason
                        : String.format(
                                "io_uring: available, features 0x%x, single issuer %s",
                                features, singleIssuer ? "yes" : "no");
    }

    /** The answer for this process. */
    public static UringFeatures get() {
        return Holder.FEATURES;
    }

    /** Whether a {@link Uring} can be made. */
    public boolean available() {
        return null == unavailableReason;
    }

    /** Null when available, else one line that says why not, and what would change it. */
    public String unavailableReason() {
        return unavailableReason;
    }

    /** Kernel 6.0 and later: the kernel leaves out locks because only one thread submits. */
    public boolean singleIssuer() {
        return singleIssuer;
    }

    /** One line for the log. */
    public String line() {
        return line;
    }

    private static UringFeatures probe() {
        final String noLibrary = NativeLibrary.unavailableReason();
        if (null != noLibrary) {
            return new UringFeatures(noLibrary, false, 0);
        }
        final ByteBuffer memory = ByteBuffer.allocateDirect(UringAbi.PROBE_SIZE);
        final int result = Natives.uringProbe(BufferUtil.address(memory));
        if (result < 0) {
            return new UringFeatures(reason(-result), false, 0);
        }
        final UnsafeBuffer probe = new UnsafeBuffer(memory);
        final int features = (int) probe.getLong(UringAbi.PROBE_FEATURES_OFFSET);
        if (0 == (features & UringAbi.IORING_FEAT_NODROP)) {
            return new UringFeatures("the kernel may drop completions", false, features);
        }
        final int[] needed = {
            UringAbi.IORING_OP_READ,
            UringAbi.IORING_OP_WRITE,
            UringAbi.IORING_OP_READ_FIXED,
            UringAbi.IORING_OP_WRITE_FIXED,
            UringAbi.IORING_OP_FSYNC,
            UringAbi.IORING_OP_FALLOCATE,
            UringAbi.IORING_OP_ASYNC_CANCEL
        };
        for (final int op : needed) {
            if (!supports(probe, op)) {
                return new UringFeatures(
                        "the kernel does not know opcode " + op + " (5.6 or later is needed)",
                        false,
                        features);
            }
        }
        return new UringFeatures(
                null, 0 != probe.getLong(UringAbi.PROBE_SINGLE_ISSUER_OFFSET), features);
    }

    private static boolean supports(final UnsafeBuffer probe, final int op) {
        return 0 != probe.getByte(UringAbi.PROBE_OP_OFFSET + op);
    }

    private static String reason(final int errno) {
        if (Errno.ENOSYS == errno) {
            return "the kernel was built without it, or a container's seccomp filter hides it";
        }
        if (Errno.EPERM == errno) {
            final Path sysctl = Path.of("/proc/sys/kernel/io_uring_disabled");
            try {
                final String value = Files.readString(sysctl).trim();
                if (!"0".equals(value)) {
                    return "kernel.io_uring_disabled is " + value + ", 0 is needed";
                }
            } catch (final IOException e) {
                return "refused, and " + sysctl + " cannot be read: " + e.getMessage();
            }
            return "refused by a seccomp filter or a security module (EPERM)";
        }
        if (Errno.ENOMEM == errno) {
            return "over the limit of locked memory (ulimit -l)";
        }
        return Errno.describe(errno);
    }

    private static final class Holder {
        private static final UringFeatures FEATURES = probe();

        static {
            LOGGER.info(FEATURES.line);
        }
    }
}
