/** Peers without manners: what a target must endure from one client without harm to another. */
package io.gemel.bench.rude;
