/* Block devices: size, sector sizes, discard and zero-out. The last two block until the device has done it. */
#include "gemel.h"

#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

/* Bytes. */
jlong JNICALL gemel_block_size(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    uint64_t size = 0;
    if (ioctl(fd, BLKGETSIZE64, &size) < 0)
        return -errno;
    return size > INT64_MAX ? -EOVERFLOW : (jlong)size;
}

/* Bytes: the smallest unit that the device can address, and the alignment that direct I/O needs. */
jint JNICALL gemel_block_logical_size(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    int size = 0;
    return ioctl(fd, BLKSSZGET, &size) < 0 ? -errno : size;
}

/* Bytes: the unit below which the device reads, modifies and writes back. */
jint JNICALL gemel_block_physical_size(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    unsigned size = 0;
    return ioctl(fd, BLKPBSZGET, &size) < 0 ? -errno : (jint)size;
}

/* 1: the kernel refuses writes to the device. */
jint JNICALL gemel_block_read_only(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    int read_only = 0;
    return ioctl(fd, BLKROGET, &read_only) < 0 ? -errno : 0 != read_only;
}

/* Bytes, multiples of the logical size. What a discarded block reads as is the device's affair. */
jint JNICALL gemel_block_discard(JNIEnv *env, jclass cls, jint fd, jlong offset, jlong length) {
    (void)env;
    (void)cls;
    uint64_t range[2] = {(uint64_t)offset, (uint64_t)length};
    return ioctl(fd, BLKDISCARD, range) < 0 ? -errno : 0;
}

/* Bytes, multiples of the logical size. The kernel writes zeroes itself where the device cannot. */
jint JNICALL gemel_block_zero_out(JNIEnv *env, jclass cls, jint fd, jlong offset, jlong length) {
    (void)env;
    (void)cls;
    uint64_t range[2] = {(uint64_t)offset, (uint64_t)length};
    return ioctl(fd, BLKZEROOUT, range) < 0 ? -errno : 0;
}
