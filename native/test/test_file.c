#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/file.h>

static void open_reports_why_not(void) {
    CHECK_EQUAL(-ENOENT, gemel_file_open(NULL, NULL, gemel_address("/no/such/file"), O_RDWR, 0));
    CHECK_EQUAL(-EISDIR, gemel_file_open(NULL, NULL, gemel_address("/"), O_RDWR, 0));
    CHECK_EQUAL(-EFAULT, gemel_file_open(NULL, NULL, 1, O_RDWR, 0));
    CHECK_EQUAL(-EBADF, gemel_file_close(NULL, NULL, -1));
}

static void data_and_size_are_kept(void) {
    const int fd = temporary_file(0);
    struct gemel_stat stat;
    CHECK_EQUAL(0, gemel_file_truncate(NULL, NULL, fd, 1 << 20));
    CHECK_EQUAL(0, gemel_file_stat(NULL, NULL, fd, gemel_address(&stat)));
    CHECK_EQUAL(GEMEL_TYPE_REGULAR, stat.type);
    CHECK_EQUAL(1 << 20, stat.size_bytes);
    CHECK_EQUAL(0, stat.allocated_bytes);

    uint8_t data[4096], back[4096];
    memset(data, 0xa5, sizeof data);
    CHECK_EQUAL(4096, gemel_file_write(NULL, NULL, fd, gemel_address(data), 4096, 8192));
    CHECK_EQUAL(4096, gemel_file_read(NULL, NULL, fd, gemel_address(back), 4096, 8192));
    CHECK_EQUAL(0, memcmp(data, back, sizeof data));
    CHECK_EQUAL(0, gemel_file_read(NULL, NULL, fd, gemel_address(back), 4096, 1 << 20));
    CHECK_EQUAL(0, gemel_file_sync(NULL, NULL, fd));

    CHECK_EQUAL(0, gemel_file_allocate(NULL, NULL, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192, 4096));
    CHECK_EQUAL(4096, gemel_file_read(NULL, NULL, fd, gemel_address(back), 4096, 8192));
    memset(data, 0, sizeof data);
    CHECK_EQUAL(0, memcmp(data, back, sizeof data));

    CHECK_EQUAL(-EINVAL, gemel_file_truncate(NULL, NULL, fd, -1));
    CHECK_EQUAL(-EINVAL, gemel_file_allocate(NULL, NULL, fd, 0, -1, 4096));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, fd));
    CHECK_EQUAL(-EBADF, gemel_file_stat(NULL, NULL, fd, gemel_address(&stat)));
    CHECK_EQUAL(-EBADF, gemel_file_read(NULL, NULL, fd, gemel_address(back), 1, 0));
    CHECK_EQUAL(-EBADF, gemel_file_write(NULL, NULL, fd, gemel_address(back), 1, 0));
    CHECK_EQUAL(-EBADF, gemel_file_sync(NULL, NULL, fd));
}

static void lock_is_held_once(void) {
    char path[64];
    const int first = temporary_file(0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", first);
    const int second = gemel_file_open(NULL, NULL, gemel_address(path), O_RDWR, 0);
    CHECK(second >= 0);
    CHECK_EQUAL(0, gemel_file_lock(NULL, NULL, first, LOCK_EX | LOCK_NB));
    CHECK_EQUAL(-EWOULDBLOCK, gemel_file_lock(NULL, NULL, second, LOCK_EX | LOCK_NB));
    CHECK_EQUAL(0, gemel_file_lock(NULL, NULL, first, LOCK_UN));
    CHECK_EQUAL(0, gemel_file_lock(NULL, NULL, second, LOCK_EX | LOCK_NB));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, first));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, second));
}

static void events_are_counted(void) {
    const int fd = gemel_event_create(NULL, NULL);
    CHECK(fd >= 0);
    CHECK_EQUAL(0, gemel_event_take(NULL, NULL, fd));
    CHECK_EQUAL(0, gemel_event_signal(NULL, NULL, fd));
    CHECK_EQUAL(0, gemel_event_signal(NULL, NULL, fd));
    CHECK_EQUAL(2, gemel_event_take(NULL, NULL, fd));
    CHECK_EQUAL(0, gemel_event_take(NULL, NULL, fd));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, fd));
    CHECK_EQUAL(-EBADF, gemel_event_signal(NULL, NULL, fd));
    CHECK_EQUAL(-EBADF, gemel_event_take(NULL, NULL, fd));
}

int main(void) {
    open_reports_why_not();
    data_and_size_are_kept();
    lock_is_held_once();
    events_are_counted();
    return 0;
}
