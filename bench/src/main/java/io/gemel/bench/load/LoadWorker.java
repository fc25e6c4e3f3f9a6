package io.gemel.bench.load;

import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.Initiator;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.load.BlockStamps.Verdict;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Drives the initiators of one thread through one workload, on its own part of the volume. Owner:
 * that thread.
 *
 * <pre>
 * [PREPARE: CAW only] ─► WARM_UP ─► MEASURE ─► drain ─► [READ_BACK: verify only]
 * </pre>
 *
 * <p>Latency is counted from the moment at which a command had to start: with a rate that is its
 * place in the schedule, however late it could be sent. Nothing is allocated per command.
 */
public final class LoadWorker implements IoRequest.Listener {
    private enum Phase {
        PREPARE,
        WARM_UP,
        MEASURE,
        DRAIN,
        READ_BACK
    }

    private static final long DRAIN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int MAX_ERRORS = 1000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final ClientLoop loop;
    private final List<? extends Initiator> initiators;
    private final Workload workload;
    private final LoadResult result = new LoadResult();
    private final int blockSize;
    private final int blocksPerUnit;
    private final Units units;
    private final BlockStamps stamps;
    private final SplitMix random;

    private final IoRequest[] requests;
    private final Initiator[] owner;
    private final UnsafeBuffer[] data;
    private final int[] unitOf;
    private final int[] sequenceOf;
    private final int[] free;
    private int freeCount;

    private Phase phase = Phase.WARM_UP;
    private int cursor;
    private int sweep;
    private long endNs;
    private long scheduledNs;
    private double intervalNs;
    private double schedule;
    private boolean stopped;

    /**
     * A worker for part index of parts equal parts of the volume. The initiators all reach the same
     * volume.
     *
     * @throws IllegalArgumentException when the workload does not fit the volume; the message says
     *     what would
     */
    public LoadWorker(
            final ClientLoop loop,
            final List<? extends Initiator> initiators,
            final Workload workload,
            final int index,
            final int parts) {
        this.loop = loop;
        this.initiators = List.copyOf(initiators);
        this.workload = workload;
        final Initiator first = initiators.get(0);
        blockSize = first.blockSize();
        if (workload.sizeBytes() <= 0 || 0 != workload.sizeBytes() % blockSize) {
            throw new IllegalArgumentException(
                    "size " + workload.sizeBytes() + ": a multiple of the block size " + blockSize);
        }
        final boolean caw = Workload.Op.CAW == workload.op();
        if (workload.sizeBytes() > first.maxTransferBytes()) {
            throw new IllegalArgumentException(
                    "size "
                            + workload.sizeBytes()
                            + ": the target takes "
                            + first.maxTransferBytes());
        }
        blocksPerUnit = workload.sizeBytes() / blockSize;
        if (caw && blocksPerUnit > 255) {
            throw new IllegalArgumentException("compare and write: at most 255 blocks");
        }
        final long volumeBytes = first.blockCount() * blockSize;
        final long bytes =
                workload.rangeBytes() > 0
                        ? Math.min(workload.rangeBytes(), volumeBytes)
                        : volumeBytes;
        final long count = bytes / workload.sizeBytes() / parts;
        final int slotCount = initiators.stream().mapToInt(Initiator::depth).sum();
        if (count < slotCount) {
            throw new IllegalArgumentException(
                    "range of " + bytes + " bytes: too small for all commands in flight");
        }
        if (count > Units.MAX_UNITS) {
            throw new IllegalArgumentException(
                    "range of "
                            + bytes
                            + " bytes: at most "
                            + Units.MAX_UNITS * workload.sizeBytes() * parts
                            + " with this size");
        }
        units = new Units(index * count, (int) count, blocksPerUnit);
        stamps = new BlockStamps(workload.seed(), blockSize);
        random = new SplitMix(workload.seed() + index);

        requests = new IoRequest[slotCount];
        owner = new Initiator[slotCount];
        data = new UnsafeBuffer[slotCount];
        unitOf = new int[slotCount];
        sequenceOf = new int[slotCount];
        free = new int[slotCount];
        makeRequests();
    }

    /** Runs all phases; returns when the last command has ended. */
    public LoadResult run() {
        if (Workload.Op.CAW == workload.op()) {
            sweep(Phase.PREPARE);
        }
        if (!stopped) {
            timed();
        }
        if (!stopped && workload.verify() && Workload.Op.READ != workload.op()) {
            sweep(Phase.READ_BACK);
        }
        return result;
    }

    @Override
    public void onDone(final IoRequest request, final long nowNs) {
        final int slot = (int) request.tag;
        switch (request.outcome) {
            case OK -> onSuccess(request, slot, nowNs);
            case RETRY -> {
                result.retries++;
                if (!stopped && owner[slot].submit(request)) {
                    return;
                }
            }
            case LOST -> {
                stopped = true;
                result.errors++;
                result.problem("connection lost: " + request.lostBecause);
            }
            case UNSUPPORTED -> {
                stopped = true;
                result.errors++;
                result.problem("the target lacks it: " + request.detail());
            }
            default -> {
                result.errors++;
                result.problem(request.detail());
                units.sequence(unitOf[slot], 0); // what it holds now is not known
                stopped |= result.errors >= MAX_ERRORS;
            }
        }
        units.giveBack(unitOf[slot]);
        free[freeCount++] = slot;
        if (0 == intervalNs && !stopped) {
            issueNext(nowNs);
        }
    }

    private void onSuccess(final IoRequest request, final int slot, final long nowNs) {
        final int unit = unitOf[slot];
        switch (request.op) {
            case READ -> {
                if (workload.verify()) {
                    check(request, unit);
                }
                record(result.reads, request, nowNs);
            }
            case WRITE -> {
                units.sequence(unit, sequenceOf[slot]);
                record(result.writes, request, nowNs);
            }
            default -> {
                units.sequence(unit, sequenceOf[slot]);
                record(result.caws, request, nowNs);
            }
        }
    }

    private void record(final Tally tally, final IoRequest request, final long nowNs) {
        if (Phase.MEASURE == phase) {
            tally.record(nowNs - request.startNs, workload.sizeBytes());
        }
    }

    private void check(final IoRequest request, final int unit) {
        final long expected =
                0 == units.sequence(unit) ? BlockStamps.ANY_SEQUENCE : units.sequence(unit);
        for (int block = 0; block < blocksPerUnit; block++) {
            final int offset = block * blockSize;
            final long lba = request.lba + block;
            final Verdict verdict = stamps.check(request.data, offset, lba, expected);
            if (Verdict.RIGHT == verdict) {
                result.blocksChecked++;
            } else if (Verdict.UNSTAMPED == verdict) {
                result.blocksUnstamped++;
            } else {
                result.blocksWrong++;
                result.problem(
                        "lba "
                                + lba
                                + " "
                                + verdict
                                + ", expected sequence "
                                + expected
                                + ", found "
                                + stamps.describe(request.data, offset));
            }
        }
    }

    // ---- phases

    private void timed() {
        phase = Phase.WARM_UP;
        intervalNs =
                workload.ratePerSecond() > 0
                        ? TimeUnit.SECONDS.toNanos(1) / workload.ratePerSecond()
                        : 0;
        final long startNs = System.nanoTime();
        schedule = startNs;
        scheduledNs = startNs;
        turnUntil(startNs + workload.warmUpNs());
        phase = Phase.MEASURE;
        final long cpuBefore = THREADS.getCurrentThreadCpuTime();
        final long measureNs = System.nanoTime();
        turnUntil(measureNs + workload.measureNs());
        result.measuredNs = System.nanoTime() - measureNs;
        result.cpuNs = THREADS.getCurrentThreadCpuTime() - cpuBefore;
        countLate(measureNs);
        phase = Phase.DRAIN;
        drain();
    }

    /** Paced commands that could not be sent in time are at least this late: none is forgotten. */
    private void countLate(final long measureStartNs) {
        if (intervalNs > 0) {
            final Tally tally =
                    switch (workload.op()) {
                        case READ, MIXED -> result.reads;
                        case WRITE -> result.writes;
                        case CAW -> result.caws;
                    };
            final long nowNs = System.nanoTime();
            for (; scheduledNs < nowNs; advanceSchedule()) {
                if (scheduledNs >= measureStartNs) {
                    result.late++;
                    tally.latency().recordValue(Math.max(1, nowNs - scheduledNs));
                }
            }
        }
    }

    private void turnUntil(final long untilNs) {
        endNs = untilNs;
        if (0 == intervalNs) {
            fill();
        }
        while (!stopped && loop.nowNs() - endNs < 0) {
            if (0 == loop.turn() && !issuePaced()) {
                final long wakeNs = intervalNs > 0 ? Math.min(endNs, scheduledNs) : endNs;
                loop.idle(wakeNs);
            } else {
                issuePaced();
            }
        }
    }

    private boolean issuePaced() {
        if (0 == intervalNs) {
            return false;
        }
        boolean any = false;
        while (freeCount > 0 && loop.nowNs() - scheduledNs >= 0 && issueNext(scheduledNs)) {
            advanceSchedule();
            any = true;
        }
        if (any) {
            loop.flush();
        }
        return any;
    }

    private void advanceSchedule() {
        schedule += intervalNs;
        scheduledNs = (long) schedule;
    }

    private void drain() {
        final long deadlineNs = System.nanoTime() + DRAIN_TIMEOUT_NS;
        while (freeCount < requests.length && initiators.stream().anyMatch(Initiator::isOpen)) {
            if (0 == loop.turn()) {
                if (loop.nowNs() - deadlineNs > 0) {
                    result.errors++;
                    result.problem(requests.length - freeCount + " commands did not end");
                    stopped = true;
                    return;
                }
                loop.idle(deadlineNs);
            }
        }
    }

    /** Every unit once: writes it (PREPARE), or reads what this run has written (READ_BACK). */
    private void sweep(final Phase which) {
        phase = which;
        sweep = 0;
        intervalNs = 0;
        fill();
        drain();
    }

    /** Puts every free slot to use; what ends meanwhile keeps itself going. */
    private void fill() {
        final long nowNs = System.nanoTime();
        for (int i = freeCount; i > 0 && !stopped && issueNext(nowNs); i--) {
            // each call uses one slot
        }
    }

    // ---- issuing

    private boolean issueNext(final long startNs) {
        if (0 == freeCount) {
            return false;
        }
        return switch (phase) {
            case WARM_UP, MEASURE -> (intervalNs > 0 || startNs - endNs < 0) && issue(startNs);
            case PREPARE, READ_BACK -> issueSweep(startNs);
            case DRAIN -> false;
        };
    }

    private boolean issueSweep(final long startNs) {
        while (Phase.READ_BACK == phase && sweep < units.count() && 0 == units.sequence(sweep)) {
            sweep++;
        }
        if (sweep == units.count()) {
            return false;
        }
        final int unit = units.take(sweep++);
        final int slot = free[--freeCount];
        if (Phase.PREPARE == phase) {
            prepareWrite(slot, unit);
        } else {
            prepareRead(slot, unit);
        }
        return submit(slot, unit, startNs);
    }

    private boolean issue(final long startNs) {
        final int wanted;
        if (workload.sequential()) {
            wanted = cursor;
            cursor = cursor + 1 == units.count() ? 0 : cursor + 1;
        } else {
            wanted = (int) random.below(units.count());
        }
        final int unit = units.take(wanted);
        final int slot = free[--freeCount];
        switch (workload.op()) {
            case READ -> prepareRead(slot, unit);
            case WRITE -> prepareWrite(slot, unit);
            case CAW -> prepareCompareAndWrite(slot, unit);
            case MIXED -> {
                if (random.below(100) < workload.readPercent()) {
                    prepareRead(slot, unit);
                } else {
                    prepareWrite(slot, unit);
                }
            }
        }
        return submit(slot, unit, startNs);
    }

    private boolean submit(final int slot, final int unit, final long startNs) {
        unitOf[slot] = unit;
        requests[slot].startNs = startNs;
        if (!owner[slot].submit(requests[slot])) {
            throw new IllegalStateException("more slots than depth");
        }
        return true;
    }

    private void prepareRead(final int slot, final int unit) {
        final IoRequest request = requests[slot];
        request.read(units.lba(unit), blocksPerUnit, workload.verify() ? data[slot] : null, 0);
    }

    private void prepareWrite(final int slot, final int unit) {
        final IoRequest request = requests[slot];
        final int sequence = units.sequence(unit) + 1;
        sequenceOf[slot] = sequence;
        if (workload.verify() || Workload.Op.CAW == workload.op()) {
            stamp(slot, 0, unit, sequence);
        }
        request.write(units.lba(unit), blocksPerUnit, data[slot], 0);
        request.fua = workload.fua();
    }

    private void prepareCompareAndWrite(final int slot, final int unit) {
        final IoRequest request = requests[slot];
        final int sequence = units.sequence(unit);
        sequenceOf[slot] = sequence + 1;
        stamp(slot, 0, unit, sequence);
        stamp(slot, workload.sizeBytes(), unit, sequence + 1);
        request.compareAndWrite(units.lba(unit), blocksPerUnit, data[slot], 0);
        request.fua = workload.fua();
    }

    private void stamp(final int slot, final int offset, final int unit, final int sequence) {
        final long lba = units.lba(unit);
        for (int block = 0; block < blocksPerUnit; block++) {
            stamps.stamp(data[slot], offset + block * blockSize, lba + block, sequence);
        }
    }

    private void makeRequests() {
        final boolean caw = Workload.Op.CAW == workload.op();
        final boolean ownData = workload.verify() || caw;
        final int bytes = workload.sizeBytes() * (caw ? 2 : 1);
        final UnsafeBuffer shared = ownData ? null : filled(bytes);
        int slot = 0;
        for (final Initiator initiator : initiators) {
            for (int i = 0; i < initiator.depth(); i++) {
                final IoRequest request = new IoRequest();
                request.tag = slot;
                request.listener = this;
                data[slot] = ownData ? new UnsafeBuffer(ByteBuffer.allocateDirect(bytes)) : shared;
                requests[slot] = request;
                owner[slot] = initiator;
                free[requests.length - 1 - slot] = slot;
                slot++;
            }
        }
        freeCount = slot;
    }

    private UnsafeBuffer filled(final int bytes) {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes));
        final SplitMix fill = new SplitMix(workload.seed());
        for (int at = 0; at + 8 <= bytes; at += 8) {
            buffer.putLong(at, fill.next());
        }
        return buffer;
    }
}
