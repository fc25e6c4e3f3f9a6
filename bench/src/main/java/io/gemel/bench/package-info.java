/** The load generator's command and its report. */
package io.gemel.bench;
