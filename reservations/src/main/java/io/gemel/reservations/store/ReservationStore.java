package io.gemel.reservations.store;

import io.gemel.reservations.ReservationState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The records of this node's volumes, a file each in one folder. Owner: the control thread; each
 * call waits for the disk.
 *
 * <pre>
 *  UUID.record    the state, whole: it is only ever replaced by rename
 *  UUID.previous  the one before, for a person to look at; never read by the program
 *  UUID.new       being written, or left over by a death
 * </pre>
 *
 * <p>A death at any moment leaves the old record or the new one. A record that cannot be trusted,
 * or that is missing while others of the volume are there, makes the state lost rather than open or
 * old.
 */
public final class ReservationStore {
    /**
     * What was found.
     *
     * @param state to serve with
     * @param problem null, or why the state is lost, for log and operator
     */
    public record Loaded(ReservationState state, String problem) {}

    private final Path folder;
    private final FaultPoint.Hook hook;

    /**
     * @param folder made when it is not there
     * @param hook {@link FaultPoint.Hook#NONE} but for tests and drills
     */
    public ReservationStore(final Path folder, final FaultPoint.Hook hook) throws IOException {
        this.folder = folder;
        this.hook = hook;
        final boolean fresh = !Files.isDirectory(folder);
        Files.createDirectories(folder);
        if (fresh && folder.toAbsolutePath().getParent() != null) {
            syncFolder(folder.toAbsolutePath().getParent());
        }
    }

    /**
     * Reads a volume's record. Call it, and {@link ReservationState#apply} a power cycle, before
     * any port opens.
     *
     * @throws IOException when the disk does not answer: not the same as a damaged record
     */
    public Loaded load(final UUID volume) throws IOException {
        final byte[] record;
        try {
            record = Files.readAllBytes(file(volume, "record"));
        } catch (final NoSuchFileException absent) {
            if (Files.exists(file(volume, "previous"))) {
                return lost(volume, "missing, but an earlier one is there");
            }
            return new Loaded(ReservationState.EMPTY, null);
        }
        try {
            return new Loaded(ReservationRecord.decode(volume, record), null);
        } catch (final ReservationRecord.DamagedException damaged) {
            return lost(volume, damaged.getMessage());
        }
    }

    private Loaded lost(final UUID volume, final String why) {
        return new Loaded(
                ReservationState.informationLost(0),
                "reservation record " + file(volume, "record") + " is " + why);
    }

    /**
     * Makes a state the volume's record. When it returns, the state survives a power failure.
     *
     * @throws IOException when it may not have been stored: the record is then the old or the new
     *     one
     */
    public void save(final UUID volume, final ReservationState state) throws IOException {
        final Path record = file(volume, "record");
        final Path fresh = file(volume, "new");
        final ByteBuffer bytes = ByteBuffer.wrap(ReservationRecord.encode(volume, state));
        hook.reached(FaultPoint.BEFORE_WRITE);
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            final int half = bytes.capacity() / 2;
            writeFully(channel, bytes.limit(half));
            hook.reached(FaultPoint.AFTER_PARTIAL_WRITE);
            writeFully(channel, bytes.limit(bytes.capacity()));
            hook.reached(FaultPoint.AFTER_WRITE);
            channel.force(true);
        }
        hook.reached(FaultPoint.AFTER_SYNC);
        keepPrevious(volume, record);
        hook.reached(FaultPoint.AFTER_PREVIOUS_KEPT);
        Files.move(
                fresh, record, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        hook.reached(FaultPoint.AFTER_RENAME);
        syncFolder(folder);
        hook.reached(FaultPoint.AFTER_FOLDER_SYNC);
    }

    /**
     * A second name for the record that is about to be replaced; a copy where links are not known.
     */
    private void keepPrevious(final UUID volume, final Path record) throws IOException {
        if (!Files.exists(record)) {
            return;
        }
        final Path previous = file(volume, "previous");
        Files.deleteIfExists(previous);
        try {
            Files.createLink(previous, record);
        } catch (final UnsupportedOperationException | FileSystemException withoutLinks) {
            Files.copy(record, previous, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path file(final UUID volume, final String suffix) {
        return folder.resolve(volume + "." + suffix);
    }

    private static void writeFully(final FileChannel channel, final ByteBuffer bytes)
            throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void syncFolder(final Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
