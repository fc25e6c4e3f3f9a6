package io.gemel.bench.load;

/**
 * What to do to a volume.
 *
 * @param op kind of commands
 * @param sizeBytes bytes of each command, a multiple of the block size
 * @param sequential ascending addresses instead of random ones
 * @param rangeBytes only this much of the volume's start is touched; 0 for all of it
 * @param readPercent share of reads in a MIXED load
 * @param ratePerSecond commands per second and worker, started on time whatever the target does; 0:
 *     closed loop, the next starts when one ends
 * @param warmUpNs time before measuring starts
 * @param measureNs time that is measured
 * @param verify stamp what is written, check what is read
 * @param fua writes ask for Force Unit Access
 * @param seed of addresses, choices, and stamps
 */
public record Workload(
        Op op,
        int sizeBytes,
        boolean sequential,
        long rangeBytes,
        int readPercent,
        double ratePerSecond,
        long warmUpNs,
        long measureNs,
        boolean verify,
        boolean fua,
        long seed) {
    /** Kind of commands. */
    public enum Op {
        READ,
        WRITE,
        /** Compare and write. */
        CAW,
        MIXED
    }
}
