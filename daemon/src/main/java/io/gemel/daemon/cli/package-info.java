/**
 * The command line. Commands that only ask a running daemon load neither Netty nor Log4j: they
 * start in a fraction of a second.
 */
package io.gemel.daemon.cli;
