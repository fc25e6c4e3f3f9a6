/** The client side that both initiators share: one event loop, its sockets, one request type. */
package io.gemel.bench.client;
