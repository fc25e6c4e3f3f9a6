/* Files and event descriptors: what a backend does outside the ring, when it opens, closes or has something to say. */
#include "gemel.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_DIOALIGN
#define STATX_DIOALIGN 0x00002000U
#else
_Static_assert(offsetof(struct statx, stx_dio_mem_align) == 0x98, "statx");
_Static_assert(offsetof(struct statx, stx_dio_offset_align) == 0x9c, "statx");
#endif
_Static_assert(sizeof(struct statx) == 0x100, "statx");

/* path_address: bytes ending in NUL. O_CLOEXEC is always added. */
jint JNICALL gemel_file_open(JNIEnv *env, jclass cls, jlong path_address, jint flags, jint mode) {
    (void)env;
    (void)cls;
    for (;;) {
        const int fd = open(gemel_pointer(path_address), flags | O_CLOEXEC, (mode_t)mode);
        if (fd >= 0)
            return fd;
        if (errno != EINTR)
            return -errno;
    }
}

/* The descriptor is gone whatever is returned, so this is never repeated. */
jint JNICALL gemel_file_close(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    return close(fd) < 0 ? -errno : 0;
}

jint JNICALL gemel_file_stat(JNIEnv *env, jclass cls, jint fd, jlong stat_address) {
    (void)env;
    (void)cls;
    struct gemel_stat *out = gemel_pointer(stat_address);
    struct statx stx;
    memset(&stx, 0, sizeof stx);
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_DIOALIGN, &stx) < 0)
        return -errno;
    out->type = S_ISREG(stx.stx_mode)   ? GEMEL_TYPE_REGULAR
                : S_ISBLK(stx.stx_mode) ? GEMEL_TYPE_BLOCK
                                        : GEMEL_TYPE_OTHER;
    out->size_bytes = (int64_t)stx.stx_size;
    out->allocated_bytes = (int64_t)stx.stx_blocks * 512;
    out->device_major = stx.stx_rdev_major;
    out->device_minor = stx.stx_rdev_minor;
    out->dio_memory_align = -1;
    out->dio_offset_align = -1;
    if (stx.stx_mask & STATX_DIOALIGN) {
        uint32_t align[2];
        memcpy(align, (const uint8_t *)&stx + 0x98, sizeof align);
        out->dio_memory_align = align[0];
        out->dio_offset_align = align[1];
    }
    return 0;
}

jint JNICALL gemel_file_truncate(JNIEnv *env, jclass cls, jint fd, jlong length) {
    (void)env;
    (void)cls;
    for (;;) {
        if (0 == ftruncate(fd, length))
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}

jint JNICALL gemel_file_allocate(JNIEnv *env, jclass cls, jint fd, jint mode, jlong offset, jlong length) {
    (void)env;
    (void)cls;
    for (;;) {
        if (0 == fallocate(fd, mode, offset, length))
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}

/* operation: LOCK_* of flock. With LOCK_NB a lock that is held elsewhere gives -EWOULDBLOCK. */
jint JNICALL gemel_file_lock(JNIEnv *env, jclass cls, jint fd, jint operation) {
    (void)env;
    (void)cls;
    for (;;) {
        if (0 == flock(fd, operation))
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}

jint JNICALL gemel_file_sync(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    for (;;) {
        if (0 == fdatasync(fd))
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}

/* Returns the bytes read, which may be fewer than asked for; 0 at the end of the file. */
jlong JNICALL gemel_file_read(JNIEnv *env, jclass cls, jint fd, jlong address, jlong length, jlong offset) {
    (void)env;
    (void)cls;
    for (;;) {
        const ssize_t count = pread(fd, gemel_pointer(address), (size_t)length, offset);
        if (count >= 0)
            return count;
        if (errno != EINTR)
            return -errno;
    }
}

/* Returns the bytes written, which may be fewer than given. */
jlong JNICALL gemel_file_write(JNIEnv *env, jclass cls, jint fd, jlong address, jlong length, jlong offset) {
    (void)env;
    (void)cls;
    for (;;) {
        const ssize_t count = pwrite(fd, gemel_pointer(address), (size_t)length, offset);
        if (count >= 0)
            return count;
        if (errno != EINTR)
            return -errno;
    }
}

jint JNICALL gemel_event_create(JNIEnv *env, jclass cls) {
    (void)env;
    (void)cls;
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

/* Adds one. -EAGAIN would mean that 2^64-2 signals were not taken yet. */
jint JNICALL gemel_event_signal(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    const uint64_t one = 1;
    return write(fd, &one, sizeof one) < 0 ? -errno : 0;
}

/* Returns the count of signals since the last call and makes it zero; 0 when there was none. */
jlong JNICALL gemel_event_take(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    uint64_t count = 0;
    if (read(fd, &count, sizeof count) < 0)
        return errno == EAGAIN ? 0 : -errno;
    return count > INT64_MAX ? INT64_MAX : (jlong)count;
}
