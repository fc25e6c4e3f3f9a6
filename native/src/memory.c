/* Anonymous memory for slabs: aligned, and not shared with children, for the kernel may be writing into it. */
#include "gemel.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Returns the address of length bytes of zeroes, or -errno. length: a multiple of the page size; alignment: a power of
 * two, at least the page size.
 */
jlong JNICALL gemel_memory_map(JNIEnv *env, jclass cls, jlong length, jlong alignment) {
    (void)env;
    (void)cls;
    const jlong page = sysconf(_SC_PAGESIZE);
    if (length <= 0 || length % page || alignment < page || (alignment & (alignment - 1)) ||
        length > INT64_MAX - alignment)
        return -EINVAL;
    const jlong room = alignment > page ? length + alignment : length;
    void *pointer = mmap(NULL, (size_t)room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pointer == MAP_FAILED)
        return -errno;
    const jlong start = gemel_address(pointer);
    const jlong aligned = (start + alignment - 1) & -alignment;
    if (aligned > start)
        munmap(gemel_pointer(start), (size_t)(aligned - start));
    if (start + room > aligned + length)
        munmap(gemel_pointer(aligned + length), (size_t)(start + room - aligned - length));
    if (madvise(gemel_pointer(aligned), (size_t)length, MADV_DONTFORK) < 0) {
        const int error = errno;
        munmap(gemel_pointer(aligned), (size_t)length);
        return -error;
    }
    return aligned;
}

jint JNICALL gemel_memory_unmap(JNIEnv *env, jclass cls, jlong address, jlong length) {
    (void)env;
    (void)cls;
    return munmap(gemel_pointer(address), (size_t)length) < 0 ? -errno : 0;
}

jint JNICALL gemel_memory_advise(JNIEnv *env, jclass cls, jlong address, jlong length, jint advice) {
    (void)env;
    (void)cls;
    return madvise(gemel_pointer(address), (size_t)length, advice) < 0 ? -errno : 0;
}

jint JNICALL gemel_memory_page_size(JNIEnv *env, jclass cls) {
    (void)env;
    (void)cls;
    return (jint)sysconf(_SC_PAGESIZE);
}
