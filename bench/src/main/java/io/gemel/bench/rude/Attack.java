package io.gemel.bench.rude;

import java.io.IOException;
import java.util.Random;

/** One protocol's ways to misbehave. Owner: the attacker's thread. */
interface Attack {
    /** What is done. The order is the order in the report. */
    enum Kind {
        /** Random bytes as the first thing. */
        RANDOM,
        /** A sound first PDU, cut short; then the sending side is closed. */
        TRUNCATED,
        /** A sound first PDU with a few bytes changed. */
        MUTATED_FIRST,
        /** A header that announces far more than will come. */
        OVERSIZED,
        /** A sound PDU in a place where it may not be. */
        OUT_OF_ORDER,
        /** After a sound beginning: commands with a few bytes changed, none of which may write. */
        MUTATED_COMMANDS,
        /** After a sound beginning with digests: a wrong one. */
        WRONG_DIGEST,
        /** After a sound beginning: commands, and a reset before their answers. */
        RESET
    }

    /** Does it once on a connection of its own; returns what was answered, for the report. */
    String carryOut(Kind kind, Random random) throws IOException;

    /** Names what came back, PDU by PDU, and how it ended. */
    default String name(final RudeSocket socket, final String pdus) {
        final String end = socket.isClosedByPeer() ? "closed" : "left open";
        return pdus.isEmpty() ? end : pdus + ", " + end;
    }

    /** Changes one to eight bytes; at least one bit differs. */
    static void mutate(final byte[] pdu, final int from, final int to, final Random random) {
        final int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            pdu[from + random.nextInt(to - from)] ^= (byte) (1 + random.nextInt(255));
        }
    }

    /** Random bytes, 1 to max. */
    static byte[] random(final int max, final Random random) {
        final byte[] bytes = new byte[1 + random.nextInt(max)];
        random.nextBytes(bytes);
        return bytes;
    }
}
