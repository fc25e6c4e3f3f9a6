package io.gemel.daemon;

/** Which Gemel this is. */
public final class Version {
    private Version() {}

    /** As the build wrote it into the jar; "development" when run from class files. */
    public static String text() {
        final String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
