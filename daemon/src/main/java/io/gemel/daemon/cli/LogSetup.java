package io.gemel.daemon.cli;

import io.gemel.config.LogConfig;
import java.util.Locale;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.AppenderComponentBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.api.LayoutComponentBuilder;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/**
 * Sets Log4j up by code: there is no second configuration file, and no XML parser at start. One
 * line per event on standard error.
 */
final class LogSetup {
    private static final String STDERR = "stderr";

    /** For a person and for journald. Line ends inside a message do not make lines of their own. */
    private static final String TEXT =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5p %t %c{1}: %enc{%m}{CRLF}%n%xEx";

    /** For log collectors. */
    private static final String JSON =
            "{\"time\":\"%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}\",\"level\":\"%p\","
                    + "\"thread\":\"%enc{%t}{JSON}\",\"logger\":\"%enc{%c}{JSON}\","
                    + "\"message\":\"%enc{%m}{JSON}\",\"exception\":\"%enc{%xEx}{JSON}\"}%n";

    private LogSetup() {}

    /** To be called before the first logger is made. */
    static void apply(final LogConfig config) {
        final ConfigurationBuilder<BuiltConfiguration> builder =
                ConfigurationBuilderFactory.newConfigurationBuilder();
        builder.setStatusLevel(Level.WARN);
        builder.setShutdownHook("disable"); // the daemon logs until it has stopped
        final LayoutComponentBuilder layout =
                builder.newLayout("PatternLayout")
                        .addAttribute("alwaysWriteExceptions", false)
                        .addAttribute(
                                "pattern", LogConfig.Format.JSON == config.format() ? JSON : TEXT);
        final AppenderComponentBuilder appender =
                builder.newAppender(STDERR, "Console")
                        .addAttribute("target", ConsoleAppender.Target.SYSTEM_ERR)
                        .add(layout);
        builder.add(appender);
        builder.add(
                builder.newRootLogger(Level.valueOf(config.level().name().toUpperCase(Locale.ROOT)))
                        .add(builder.newAppenderRef(STDERR)));
        builder.add(builder.newLogger("io.netty", Level.WARN));
        Configurator.initialize(builder.build(false));
    }
}
