/* On a loop device of its own; what has no loop device or is not root skips that part. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

static void other_files_are_refused(void) {
    const int fd = temporary_file(0);
    CHECK_EQUAL(-ENOTTY, gemel_block_size(NULL, NULL, fd));
    CHECK_EQUAL(-ENOTTY, gemel_block_logical_size(NULL, NULL, fd));
    CHECK_EQUAL(-ENOTTY, gemel_block_physical_size(NULL, NULL, fd));
    CHECK_EQUAL(-ENOTTY, gemel_block_read_only(NULL, NULL, fd));
    CHECK_EQUAL(-ENOTTY, gemel_block_discard(NULL, NULL, fd, 0, 4096));
    CHECK_EQUAL(-ENOTTY, gemel_block_zero_out(NULL, NULL, fd, 0, 4096));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, fd));
}

static int loop_device(int backing, char *path, size_t room) {
    const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0)
        skip("/dev/loop-control", errno);
    for (int tries = 0; tries < 16; tries++) {
        const int number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0)
            skip("no free loop device", errno);
        snprintf(path, room, "/dev/loop%d", number);
        const int fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            skip(path, errno);
        struct loop_config config;
        memset(&config, 0, sizeof config);
        config.fd = (uint32_t)backing;
        config.block_size = 4096;
        config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
        if (0 == ioctl(fd, LOOP_CONFIGURE, &config)) {
            close(control);
            return fd;
        }
        const int error = errno;
        close(fd);
        if (error != EBUSY) /* else somebody was faster */
            skip("LOOP_CONFIGURE", error);
    }
    skip("no free loop device", EBUSY);
    return -1;
}

int main(void) {
    other_files_are_refused();
    const int backing = temporary_file(0);
    CHECK_EQUAL(0, gemel_file_truncate(NULL, NULL, backing, 1 << 20));
    char path[64];
    const int fd = loop_device(backing, path, sizeof path);

    struct gemel_stat stat;
    CHECK_EQUAL(0, gemel_file_stat(NULL, NULL, fd, gemel_address(&stat)));
    CHECK_EQUAL(GEMEL_TYPE_BLOCK, stat.type);
    CHECK_EQUAL(7, stat.device_major);
    CHECK_EQUAL(1 << 20, gemel_block_size(NULL, NULL, fd));
    CHECK_EQUAL(4096, gemel_block_logical_size(NULL, NULL, fd));
    CHECK(gemel_block_physical_size(NULL, NULL, fd) >= 4096);
    CHECK_EQUAL(0, gemel_block_read_only(NULL, NULL, fd));

    uint8_t data[4096], back[4096];
    memset(data, 0x3c, sizeof data);
    for (int i = 0; i < 3; i++)
        CHECK_EQUAL(4096, gemel_file_write(NULL, NULL, fd, gemel_address(data), 4096, 4096 * i));
    CHECK_EQUAL(0, gemel_file_sync(NULL, NULL, fd));
    CHECK_EQUAL(0, gemel_block_zero_out(NULL, NULL, fd, 4096, 4096));
    CHECK_EQUAL(4096, gemel_file_read(NULL, NULL, fd, gemel_address(back), 4096, 8192));
    CHECK_EQUAL(0, memcmp(data, back, sizeof data));
    CHECK_EQUAL(4096, gemel_file_read(NULL, NULL, fd, gemel_address(back), 4096, 4096));
    memset(data, 0, sizeof data);
    CHECK_EQUAL(0, memcmp(data, back, sizeof data));
    CHECK_EQUAL(0, gemel_block_discard(NULL, NULL, fd, 8192, 4096));
    CHECK_EQUAL(-EINVAL, gemel_block_discard(NULL, NULL, fd, 1, 4096));
    CHECK_EQUAL(-EINVAL, gemel_block_zero_out(NULL, NULL, fd, 0, 1 << 21));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, fd));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, backing));
    return 0;
}
