package io.gemel.daemon.cli;

import io.gemel.daemon.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"gemel " + Version.text()};
    }
}
