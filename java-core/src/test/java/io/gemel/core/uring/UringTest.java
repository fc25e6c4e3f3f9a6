package io.gemel.core.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.gemel.core.InvariantViolation;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UringTest {
    private static final int MEMORY_BYTES = 1 << 20;

    private record Cqe(long userData, int result) {}

    @TempDir private Path folder;
    private final List<Cqe> cqes = new ArrayList<>();
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final CqeHandler collect =
            (userData, result, flags) -> cqes.add(new Cqe(userData, result));
    private long memory;
    private UnsafeBuffer bytes;

    @BeforeEach
    void requireUring() throws ErrnoException {
        assumeTrue(UringFeatures.get().available(), UringFeatures.get().line());
        memory = NativeMemory.map(MEMORY_BYTES, 4096);
        bytes = new UnsafeBuffer(memory, MEMORY_BYTES);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = closeables.size() - 1; i >= 0; i--) {
            closeables.get(i).close();
        }
        if (0 != memory) {
            NativeMemory.unmap(memory, MEMORY_BYTES);
        }
    }

    @Test
    void shouldCompleteABatchByOneEnter() throws Exception {
        final Uring uring = started(8, 16);
        for (int i = 0; i < 8; i++) {
            assertThat(uring.prepNop(100 + i)).isTrue();
        }
        assertThat(uring.submit()).isEqualTo(8);
        assertThat(uring.enterCount()).isEqualTo(1);
        assertThat(uring.poll(collect, 5)).isEqualTo(5);
        assertThat(uring.inFlight()).isEqualTo(3);
        assertThat(uring.poll(collect, 5)).isEqualTo(3);
        assertThat(uring.poll(collect, 5)).isZero();
        assertThat(cqes).extracting(Cqe::userData).containsExactly(longs(100, 8));
        assertThat(uring.submit()).isZero();
        assertThat(uring.enterCount()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhenSubmissionQueueIsFull() throws Exception {
        final Uring uring = started(4, 8);
        for (int i = 0; i < 4; i++) {
            assertThat(uring.prepNop(i)).isTrue();
        }
        assertThat(uring.sqRoom()).isZero();
        assertThat(uring.prepNop(4)).isFalse();
        assertThat(uring.sqFullCount()).isEqualTo(1);
        assertThat(uring.inFlight()).isEqualTo(4);
        assertThat(uring.submit()).isEqualTo(4);
        assertThat(uring.sqRoom()).isEqualTo(4);
        assertThat(uring.prepNop(4)).isTrue();
        uring.submit();
        reap(uring, 5);
        assertThat(cqes).extracting(Cqe::userData).containsExactly(longs(0, 5));
    }

    @Test
    void shouldLoseNothingWhenCompletionQueueOverflows() throws Exception {
        final Uring uring = started(4, 4);
        int prepared = 0;
        while (prepared < 40) {
            assertThat(uring.prepNop(prepared++)).isTrue();
            if (0 == uring.sqRoom()) {
                uring.submit();
                if (0 == uring.sqRoom()) {
                    reap(uring, 1); // the kernel wants room first: EBUSY
                }
            }
        }
        uring.submit();
        reap(uring, 40 - cqes.size());
        assertThat(uring.cqOverflowCount()).isPositive();
        assertThat(uring.inFlight()).isZero();
        assertThat(cqes).extracting(Cqe::userData).containsExactly(longs(0, 40));
    }

    @Test
    void shouldPollAgainFromWithinHandler() throws Exception {
        final Uring uring = started(8, 8);
        for (int i = 0; i < 4; i++) {
            uring.prepNop(i);
        }
        uring.submit();
        final CqeHandler nested =
                (userData, result, flags) -> {
                    cqes.add(new Cqe(userData, result));
                    if (userData < 8) {
                        uring.prepNop(userData + 8);
                        uring.submit();
                        uring.poll(collect, 1);
                    }
                };
        while (uring.inFlight() > 0) {
            uring.poll(nested, 16);
        }
        assertThat(cqes).extracting(Cqe::userData).doesNotHaveDuplicates();
        assertThat(cqes.size()).isBetween(5, 8);
    }

    @Test
    void shouldKeepGoingWhenHandlerThrows() throws Exception {
        final Uring uring = started(4, 4);
        uring.prepNop(1);
        uring.prepNop(2);
        uring.submit();
        assertThatThrownBy(
                        () ->
                                uring.poll(
                                        (userData, result, flags) -> {
                                            throw new InvariantViolation("ours");
                                        },
                                        4))
                .hasMessage("ours");
        reap(uring, 1);
        assertThat(cqes).containsExactly(new Cqe(2, 0));
        assertThat(uring.inFlight()).isZero();
    }

    @Test
    void shouldCarryDataThroughRegisteredFilesAndBuffers() throws Exception {
        final Uring uring = Uring.create(8, 16, 4);
        closeables.add(uring);
        assertThat(uring.registerBuffers(new long[] {memory}, new long[] {MEMORY_BYTES})).isZero();
        uring.start();
        final int slot = uring.addFile(file("data", NativeFile.O_RDWR).fd());
        bytes.setMemory(0, 8192, (byte) 0x5a);

        uring.prepWrite(slot, memory, 8192, 4096, 0, Uring.RWF_DSYNC, 1);
        assertThat(complete(uring)).isEqualTo(8192);
        uring.prepFdatasync(slot, 2);
        assertThat(complete(uring)).isZero();
        uring.prepRead(slot, memory + 65536, 16384, 0, 0, 0, 3);
        assertThat(complete(uring)).as("up to the end of the file").isEqualTo(12288);
        assertThat(bytes.getByte(65536)).isZero();
        assertThat(bytes.getByte(65536 + 4096)).isEqualTo((byte) 0x5a);
        uring.prepRead(slot, memory + 65536, 4096, 8192, Uring.NO_BUFFER, 0, 4);
        assertThat(complete(uring)).isEqualTo(4096);
        uring.prepRead(slot, memory, 4096, 12288, Uring.NO_BUFFER, 0, 5);
        assertThat(complete(uring)).as("at the end of the file").isZero();

        final int punch = Uring.FALLOC_FL_PUNCH_HOLE | Uring.FALLOC_FL_KEEP_SIZE;
        uring.prepFallocate(slot, punch, 4096, 4096, 6);
        assertThat(complete(uring)).isZero();
        uring.prepRead(slot, memory + 65536, 4096, 4096, 0, 0, 7);
        assertThat(complete(uring)).isEqualTo(4096);
        assertThat(bytes.getLong(65536)).isZero();
    }

    @Test
    void shouldGiveEveryErrorOfTheKernel() throws Exception {
        final Uring uring = Uring.create(8, 16, 4);
        closeables.add(uring);
        assertThat(uring.registerBuffers(new long[] {memory}, new long[] {65536})).isZero();
        assertThat(uring.registerBuffers(new long[] {memory}, new long[] {65536}))
                .isEqualTo(-Errno.EBUSY);
        uring.start();
        final int writable = uring.addFile(file("w", NativeFile.O_RDWR).fd());
        final int readable = uring.addFile(file("w", NativeFile.O_RDONLY).fd());

        uring.prepRead(3, memory, 512, 0, Uring.NO_BUFFER, 0, 1);
        assertThat(complete(uring)).as("empty slot").isEqualTo(-Errno.EBADF);
        uring.prepRead(99, memory, 512, 0, Uring.NO_BUFFER, 0, 1);
        assertThat(complete(uring)).as("no slot").isEqualTo(-Errno.EBADF);
        uring.prepWrite(readable, memory, 512, 0, Uring.NO_BUFFER, 0, 1);
        assertThat(complete(uring)).as("not open for writing").isEqualTo(-Errno.EBADF);
        uring.prepWrite(writable, 8, 512, 0, Uring.NO_BUFFER, 0, 1);
        assertThat(complete(uring)).as("bad address").isEqualTo(-Errno.EFAULT);
        uring.prepWrite(writable, memory + 65536, 512, 0, 0, 0, 1);
        assertThat(complete(uring)).as("outside the buffer").isEqualTo(-Errno.EFAULT);
        uring.prepWrite(writable, memory, 512, 0, 7, 0, 1);
        assertThat(complete(uring)).as("no such buffer").isEqualTo(-Errno.EFAULT);
        uring.prepWrite(writable, memory, 512, 0, 0, -1, 1);
        assertThat(complete(uring)).as("bad rwFlags").isIn(-Errno.EOPNOTSUPP, -Errno.EINVAL);
        uring.prepFallocate(writable, 0, 0, -1, 1);
        assertThat(complete(uring)).as("bad length").isEqualTo(-Errno.EINVAL);
        uring.prepCancel(4711, 1);
        assertThat(complete(uring)).as("nothing to cancel").isEqualTo(-Errno.ENOENT);
        uring.prepNop(1);
        assertThat(complete(uring)).as("the ring goes on").isZero();
    }

    @Test
    void shouldCancelWhatWaits() throws Exception {
        final Uring uring = started(8, 16);
        final int fifo = uring.addFile(fifo().fd());
        uring.prepRead(fifo, memory, 1, 0, Uring.NO_BUFFER, 0, 7);
        uring.prepRead(fifo, memory + 1, 1, 0, Uring.NO_BUFFER, 0, 8);
        uring.submit();
        assertThat(uring.poll(collect, 8)).isZero();
        uring.prepCancel(7, 9);
        uring.submit();
        reap(uring, 2);
        assertThat(cqes).containsExactlyInAnyOrder(new Cqe(7, -Errno.ECANCELED), new Cqe(9, 0));
        assertThat(uring.inFlight()).isEqualTo(1);
    }

    @Test
    void shouldTearDownWithIoInFlight() throws Exception {
        final Uring uring = started(64, 128);
        final int fifo = uring.addFile(fifo().fd());
        final int file = uring.addFile(file("f", NativeFile.O_RDWR).fd());
        for (int i = 0; i < 16; i++) {
            uring.prepRead(fifo, memory + i, 1, 0, Uring.NO_BUFFER, 0, i);
        }
        uring.submit();
        for (int i = 16; i < 32; i++) {
            final long offset = i * 4096L;
            uring.prepWrite(
                    file, memory + offset, 4096, offset, Uring.NO_BUFFER, Uring.RWF_DSYNC, i);
        }
        final CqeHandler refused =
                (userData, result, flags) -> {
                    assertThat(uring.prepNop(99)).isFalse();
                    cqes.add(new Cqe(userData, result));
                };
        uring.close(refused);
        assertThat(cqes).extracting(Cqe::userData).containsExactlyInAnyOrder(longs(0, 32));
        for (final Cqe cqe : cqes) {
            if (cqe.userData < 16) {
                assertThat(cqe.result).isEqualTo(-Errno.ECANCELED);
            } else {
                assertThat(cqe.result).isIn(4096, -Errno.ECANCELED);
            }
        }
        assertThat(uring.inFlight()).isZero();
        uring.close(refused);
        assertThat(cqes).hasSize(32);
        assertThat(uring.prepNop(1)).isFalse();
        assertThatThrownBy(() -> uring.poll(collect, 1)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> uring.submitAndWait(0)).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void shouldTearDownWithFullSubmissionQueue() throws Exception {
        final Uring uring = started(4, 4);
        final int fifo = uring.addFile(fifo().fd());
        for (int i = 0; i < 4; i++) {
            uring.prepRead(fifo, memory + i, 1, 0, Uring.NO_BUFFER, 0, i);
        }
        uring.close(collect);
        assertThat(cqes).extracting(Cqe::result).containsOnly(-Errno.ECANCELED).hasSize(4);
    }

    @Test
    void shouldTakeNothingBeforeStart() throws Exception {
        final Uring uring = Uring.create(4, 4, 1);
        closeables.add(uring);
        assertThat(uring.prepNop(1)).isFalse();
        uring.start();
        assertThat(uring.prepNop(1)).isTrue();
        assertThatThrownBy(uring::start).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void shouldBelongToTheThreadThatStartedIt() throws Exception {
        final Uring uring = started(4, 4);
        uring.prepNop(1);
        final CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        final Thread other =
                new Thread(
                        () -> {
                            try {
                                uring.submit();
                                thrown.complete(null);
                            } catch (final InvariantViolation e) {
                                thrown.complete(e);
                            }
                        });
        other.start();
        assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InvariantViolation.class);
        other.join();
        assertThat(complete(uring)).isZero();
    }

    @Test
    void shouldKeepTableOfFiles() throws Exception {
        final Uring uring = Uring.create(4, 4, 2);
        closeables.add(uring);
        uring.start();
        final NativeFile file = file("f", NativeFile.O_RDWR);
        assertThatThrownBy(() -> uring.addFile(1 << 28))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
        assertThat(uring.addFile(file.fd())).isZero();
        assertThat(uring.addFile(file.fd())).isEqualTo(1);
        assertThatThrownBy(() -> uring.addFile(file.fd()))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENFILE));
        uring.removeFile(0);
        uring.removeFile(0);
        uring.prepFdatasync(0, 1);
        assertThat(complete(uring)).isEqualTo(-Errno.EBADF);
        assertThat(uring.addFile(file.fd())).isZero();
        uring.prepFdatasync(0, 1);
        assertThat(complete(uring)).isZero();
    }

    @Test
    void shouldRefuseDirectIoThatIsNotAligned() throws Exception {
        final Uring uring = started(4, 4);
        final NativeFile file;
        try {
            file = file("direct", NativeFile.O_RDWR | NativeFile.O_DIRECT);
        } catch (final ErrnoException e) {
            assumeTrue(Errno.EINVAL != e.errno(), "the temporary folder takes no O_DIRECT");
            throw e;
        }
        final int slot = uring.addFile(file.fd());
        uring.prepWrite(slot, memory, 4096, 0, Uring.NO_BUFFER, 0, 1);
        assertThat(complete(uring)).isEqualTo(4096);
        uring.prepWrite(slot, memory, 100, 0, Uring.NO_BUFFER, 0, 1);
        assertThat(complete(uring)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void shouldSignalEventFd() throws Exception {
        final Uring uring = started(4, 4);
        final EventFd event = new EventFd();
        closeables.add(event);
        uring.registerEventFd(event.fd());
        assertThat(event.take()).isZero();
        uring.prepNop(1);
        assertThat(complete(uring)).isZero();
        assertThat(event.take()).isPositive();
        assertThat(event.take()).isZero();
    }

    @Test
    void shouldRefuseToBeMadeWithNonsense() {
        assertThatThrownBy(() -> Uring.create(0, 4, 1))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        assertThatThrownBy(() -> Uring.create(4, 4, 1 << 21))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("2097152 files");
    }

    @Test
    void shouldAllocateNothingPerOperation() throws Exception {
        final Uring uring = started(32, 64);
        final int slot = uring.addFile(file("f", NativeFile.O_RDWR).fd());
        final int[] counter = new int[1];
        final CqeHandler count = (userData, result, flags) -> counter[0]++;
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The first rounds pay for class loading and the JIT; what an operation costs, every round
        // pays.
        long allocated = Long.MAX_VALUE;
        int rounds = 0;
        while (0 != allocated && rounds < 20) {
            rounds++;
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                batch(uring, slot, count);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).isZero();
        assertThat(counter[0]).isEqualTo(rounds * 100 * 32);
    }

    private void batch(final Uring uring, final int slot, final CqeHandler handler) {
        for (int i = 0; i < 16; i++) {
            uring.prepWrite(slot, memory, 512, i * 512L, Uring.NO_BUFFER, 0, i);
            uring.prepRead(slot, memory + 4096, 512, i * 512L, Uring.NO_BUFFER, 0, i);
        }
        while (uring.inFlight() > 0) {
            uring.submitAndWait(1);
            uring.poll(handler, 64);
        }
    }

    private Uring started(final int sqEntries, final int cqEntries) throws ErrnoException {
        final Uring uring = Uring.create(sqEntries, cqEntries, 4);
        closeables.add(uring);
        uring.start();
        return uring;
    }

    private NativeFile file(final String name, final int flags) throws ErrnoException {
        final NativeFile file =
                NativeFile.open(folder.resolve(name), flags | NativeFile.O_CREAT, 0600);
        closeables.add(file);
        return file;
    }

    /** A read from it waits until somebody writes: nobody does. */
    private NativeFile fifo() throws Exception {
        final Path path = folder.resolve("fifo");
        final Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        final NativeFile file = NativeFile.open(path, NativeFile.O_RDWR, 0);
        closeables.add(0, file);
        return file;
    }

    private void reap(final Uring uring, final int count) {
        int left = count;
        while (left > 0) {
            uring.submitAndWait(1);
            left -= uring.poll(collect, left);
        }
    }

    private int complete(final Uring uring) {
        cqes.clear();
        reap(uring, 1);
        return cqes.get(0).result;
    }

    private static Long[] longs(final long from, final int count) {
        final Long[] values = new Long[count];
        for (int i = 0; i < count; i++) {
            values[i] = from + i;
        }
        return values;
    }
}
