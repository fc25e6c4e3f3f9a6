package io.gemel.nvme.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Laws that every structure obeys, driven by a table of its integer fields as the standard lists
 * them.
 */
public final class StructureLaws {
    private StructureLaws() {}

    /** One integer field: accessor name, byte offset, width in bytes. */
    public record Field(String name, int offset, int widthBytes) {}

    public static Field field(final String name, final int offset, final int widthBytes) {
        return new Field(name, offset, widthBytes);
    }

    /**
     * Fixed length; the field at its place with 0, 1 and its largest value; nothing else touched;
     * truncation refused.
     */
    public static <T extends NvmeStructure<T>> void hold(
            final T structure, final int lengthBytes, final Field... fields) throws Exception {
        assertThat(structure.fixedLengthBytes()).isEqualTo(lengthBytes);
        for (int length = 0; length < lengthBytes; length++) {
            final UnsafeBuffer shorter = new UnsafeBuffer(new byte[length]);
            assertThatThrownBy(() -> structure.wrap(shorter, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        for (final Field field : fields) {
            final long max = 8 == field.widthBytes() ? -1L : (1L << 8 * field.widthBytes()) - 1;
            for (final long value :
                    new long[] {0, 1, max, max >>> 1, 0x0123_4567_89AB_CDEFL & max}) {
                holdFor(structure, lengthBytes, field, value, max);
            }
        }
    }

    private static <T extends NvmeStructure<T>> void holdFor(
            final T structure,
            final int lengthBytes,
            final Field field,
            final long value,
            final long max)
            throws Exception {
        final int at = 3;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[lengthBytes + 8]);
        buffer.setMemory(0, buffer.capacity(), (byte) 0xA5);
        structure.encode(buffer, at);
        final var getter = structure.getClass().getMethod(field.name());
        final Class<?> type = getter.getReturnType();
        final var setter = structure.getClass().getMethod(field.name(), type);
        final Object argument = type == int.class ? (Object) (int) value : (Object) value;
        assertThat(setter.invoke(structure, argument)).as(field.name()).isSameAs(structure);

        final UnsafeBuffer expected = new UnsafeBuffer(new byte[lengthBytes + 8]);
        expected.setMemory(0, expected.capacity(), (byte) 0xA5);
        expected.setMemory(at, lengthBytes, (byte) 0);
        final ExpandableArrayBuffer littleEndian = new ExpandableArrayBuffer(8);
        littleEndian.putLong(0, value, ByteOrder.LITTLE_ENDIAN);
        expected.putBytes(at + field.offset(), littleEndian, 0, field.widthBytes());
        assertThat(buffer.byteArray())
                .as("%s = %x", field.name(), value)
                .isEqualTo(expected.byteArray());

        structure.wrap(buffer, at);
        assertThat(((Number) getter.invoke(structure)).longValue() & max)
                .as(field.name())
                .isEqualTo(value);
    }
}
