package io.gemel.core.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo.Kind;
import io.gemel.core.uring.Errno;
import org.junit.jupiter.api.Test;

class ErrnoStatusTest {
    @Test
    void shouldTellTheMediumFromThePathAndFromUs() {
        assertThat(ErrnoStatus.of(Kind.READ, Errno.EIO)).isEqualTo(BlockStatus.READ_ERROR);
        assertThat(ErrnoStatus.of(Kind.WRITE, Errno.EIO)).isEqualTo(BlockStatus.WRITE_ERROR);
        assertThat(ErrnoStatus.of(Kind.FLUSH, Errno.EIO)).isEqualTo(BlockStatus.WRITE_ERROR);
        assertThat(ErrnoStatus.of(Kind.READ, Errno.ENODATA)).isEqualTo(BlockStatus.READ_ERROR);
        assertThat(ErrnoStatus.of(Kind.READ, Errno.EILSEQ)).isEqualTo(BlockStatus.READ_ERROR);
        assertThat(ErrnoStatus.of(Kind.WRITE, Errno.ENOSPC)).isEqualTo(BlockStatus.NO_SPACE);
        assertThat(ErrnoStatus.of(Kind.FLUSH, Errno.EDQUOT)).isEqualTo(BlockStatus.NO_SPACE);
        assertThat(ErrnoStatus.of(Kind.WRITE, Errno.EROFS)).isEqualTo(BlockStatus.WRITE_PROTECTED);
        assertThat(ErrnoStatus.of(Kind.WRITE, Errno.EBADE))
                .isEqualTo(BlockStatus.RESERVATION_CONFLICT);
        assertThat(ErrnoStatus.of(Kind.READ, Errno.ENODEV)).isEqualTo(BlockStatus.PATH_LOST);
        assertThat(ErrnoStatus.of(Kind.READ, Errno.ENOLINK)).isEqualTo(BlockStatus.PATH_LOST);
        assertThat(ErrnoStatus.of(Kind.READ, Errno.ETIMEDOUT)).isEqualTo(BlockStatus.PATH_LOST);
        assertThat(ErrnoStatus.of(Kind.READ, Errno.EINVAL)).isEqualTo(BlockStatus.INTERNAL);
        assertThat(ErrnoStatus.of(Kind.WRITE, Errno.ECANCELED)).isEqualTo(BlockStatus.ABORTED);
        assertThat(ErrnoStatus.of(Kind.READ, 4711)).isEqualTo(BlockStatus.READ_ERROR);
    }

    @Test
    void shouldCallOnlyZeroingUnsupported() {
        for (final Kind kind : Kind.values()) {
            final boolean zeroing = Kind.DEALLOCATE == kind || Kind.WRITE_ZEROES == kind;
            assertThat(BlockStatus.UNSUPPORTED == ErrnoStatus.of(kind, Errno.EOPNOTSUPP))
                    .as("%s", kind)
                    .isEqualTo(zeroing);
        }
    }
}
