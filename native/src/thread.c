/* The calling thread: its id, and the processors that it may run on. */
#include "gemel.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

jint JNICALL gemel_thread_id(JNIEnv *env, jclass cls) {
    (void)env;
    (void)cls;
    return (jint)syscall(SYS_gettid);
}

/* Binds the calling thread to one processor. */
jint JNICALL gemel_thread_pin(JNIEnv *env, jclass cls, jint cpu) {
    (void)env;
    (void)cls;
    if (cpu < 0 || cpu >= CPU_SETSIZE)
        return -EINVAL;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) < 0 ? -errno : 0;
}

/*
 * Writes the processors that the calling thread may run on as a bit mask, bit n of byte n / 8 for processor n, over all
 * length bytes. Returns the bytes that the kernel filled; -EINVAL when the mask is too small for this machine.
 */
jint JNICALL gemel_thread_allowed_cpus(JNIEnv *env, jclass cls, jlong mask_address, jint length) {
    (void)env;
    (void)cls;
    if (length <= 0)
        return -EINVAL;
    memset(gemel_pointer(mask_address), 0, (size_t)length);
    const long rc = syscall(SYS_sched_getaffinity, 0, length, gemel_pointer(mask_address));
    return rc < 0 ? -errno : (jint)rc;
}
