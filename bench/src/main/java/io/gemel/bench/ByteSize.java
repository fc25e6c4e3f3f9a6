package io.gemel.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: 512, 4KiB, 1MiB, 2GiB, 64TiB. */
final class ByteSize implements ITypeConverter<Long> {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    @Override
    public Long convert(final String value) {
        long factor = 1;
        String digits = value;
        for (int i = 0; i < UNITS.length; i++) {
            if (value.endsWith(UNITS[i])) {
                factor = 1L << 10 * (i + 1);
                digits = value.substring(0, value.length() - UNITS[i].length());
            }
        }
        try {
            final long bytes = Math.multiplyExact(Long.parseLong(digits.trim()), factor);
            if (bytes < 0) {
                throw new NumberFormatException("negative");
            }
            return bytes;
        } catch (final NumberFormatException | ArithmeticException e) {
            throw new TypeConversionException("'" + value + "': bytes, or with KiB, MiB, GiB, TiB");
        }
    }

    /** The shortest exact form. */
    static String format(final long bytes) {
        long number = bytes;
        int unit = -1;
        while (number > 0 && 0 == number % 1024 && unit + 1 < UNITS.length) {
            number /= 1024;
            unit++;
        }
        return unit < 0 ? number + " B" : number + " " + UNITS[unit];
    }
}
