package io.gemel.core.uring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;

/**
 * Finds and loads {@code libgemel.so}, once per process: from the path in the system property
 * {@value #PATH_PROPERTY} (the file, or its folder) and from nowhere else when that is set; else
 * from {@code java.library.path}; else from the copy in the jar, extracted to a private folder.
 * Then both sides compare their {@link #ABI_VERSION}.
 */
public final class NativeLibrary {
    /** System property: the library's file, or the folder that holds it. */
    public static final String PATH_PROPERTY = "gemel.native.path";

    /** What GEMEL_ABI_VERSION in gemel.h must be. */
    static final int ABI_VERSION = 1;

    private static final String NAME = "gemel";
    private static final String FILE_NAME = "libgemel.so";
    private static final Throwable FAILURE = tryLoad();

    private NativeLibrary() {}

    /**
     * Makes sure that the library is loaded.
     *
     * @throws UnsatisfiedLinkError if it could not be; what was tried is in the suppressed
     *     exceptions
     */
    public static void load() {
        if (null != FAILURE) {
            final UnsatisfiedLinkError error = new UnsatisfiedLinkError(FAILURE.getMessage());
            error.initCause(FAILURE);
            throw error;
        }
    }

    /** Null when the library is loaded, else one line that says why not. */
    public static String unavailableReason() {
        return null == FAILURE ? null : FAILURE.getMessage();
    }

    /** The value of a constant by its name in C. */
    static long constant(final String name) {
        load();
        final byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        final ByteBuffer text = ByteBuffer.allocateDirect(ascii.length + 1).put(ascii);
        final long value = Natives.constant(BufferUtil.address(text));
        java.lang.ref.Reference.reachabilityFence(text);
        if (Long.MIN_VALUE == value) {
            throw new UnsatisfiedLinkError(FILE_NAME + " does not know the constant " + name);
        }
        return value;
    }

    /**
     * As {@link #constant}, for what C declares as a flag word or a small number: the low 32 bits.
     */
    static int intConstant(final String name) {
        return (int) constant(name);
    }

    private static Throwable tryLoad() {
        final List<Throwable> failures = new ArrayList<>();
        final String path = System.getProperty(PATH_PROPERTY);
        final boolean found =
                null != path
                        ? loadFrom(Path.of(path), failures)
                        : loadFromLibraryPath(failures) || loadFromJar(failures);
        if (found) {
            final int version = Natives.abiVersion();
            if (ABI_VERSION == version) {
                return null;
            }
            return new UnsatisfiedLinkError(
                    FILE_NAME + " has ABI version " + version + ", needed is " + ABI_VERSION);
        }
        final StringBuilder why = new StringBuilder(FILE_NAME).append(" could not be loaded");
        for (final Throwable failure : failures) {
            why.append("; ").append(failure.getMessage());
        }
        final UnsatisfiedLinkError error = new UnsatisfiedLinkError(why.toString());
        failures.forEach(error::addSuppressed);
        return error;
    }

    private static boolean loadFrom(final Path path, final List<Throwable> failures) {
        final Path file = Files.isDirectory(path) ? path.resolve(FILE_NAME) : path;
        try {
            System.load(file.toAbsolutePath().toString());
            return true;
        } catch (final UnsatisfiedLinkError e) {
            failures.add(e);
            return false;
        }
    }

    private static boolean loadFromLibraryPath(final List<Throwable> failures) {
        try {
            System.loadLibrary(NAME);
            return true;
        } catch (final UnsatisfiedLinkError e) {
            failures.add(e);
            return false;
        }
    }

    /**
     * The extracted file is deleted at once: the mapping keeps it alive as long as the process
     * needs it.
     */
    private static boolean loadFromJar(final List<Throwable> failures) {
        final String resource =
                "META-INF/native/linux-" + System.getProperty("os.arch") + "/" + FILE_NAME;
        try (InputStream in = NativeLibrary.class.getClassLoader().getResourceAsStream(resource)) {
            if (null == in) {
                failures.add(new UnsatisfiedLinkError("no " + resource + " on the class path"));
                return false;
            }
            final Path folder = Files.createTempDirectory("gemel-native-");
            final Path file = folder.resolve(FILE_NAME);
            try {
                Files.copy(in, file);
                return loadFrom(file, failures);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (final IOException e) {
            failures.add(e);
            return false;
        }
    }
}
