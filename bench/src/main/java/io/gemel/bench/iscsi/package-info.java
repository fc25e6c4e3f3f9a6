/** An asynchronous iSCSI initiator (RFC 7143), made for measuring and for testing targets. */
package io.gemel.bench.iscsi;
