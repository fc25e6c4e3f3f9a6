/**
 * How an operator sees the daemon: the same read-only pages over a Unix domain socket (for the
 * command line) and over HTTP (metrics, health, status page).
 */
package io.gemel.daemon.admin;
