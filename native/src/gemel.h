/*
 * The C shim under io.gemel.core.uring: mechanism only, no policy, no state, no call back into Java.
 *
 * Every function returns a value >= 0, or -errno taken on the line after the system call. None throws. Addresses cross
 * as jlong; a structure shared with Java has its field offsets handed over by gemel_constant(), so that no number of an
 * ABI is typed in Java.
 */
#ifndef GEMEL_H
#define GEMEL_H

#include <jni.h>
#include <stdint.h>

/* Compared with NativeLibrary.ABI_VERSION when the library is loaded; raised whenever a signature or a structure
 * changes. */
#define GEMEL_ABI_VERSION 1

/* One mapped ring, filled by gemel_uring_setup. Addresses are those of this process. */
struct gemel_ring {
    int64_t fd;
    int64_t features;   /* IORING_FEAT_* */
    int64_t sq_entries; /* count, a power of two */
    int64_t cq_entries; /* count, a power of two */
    int64_t sq_head;    /* address of a u32, as all up to sq_flags */
    int64_t sq_tail;
    int64_t sq_dropped;
    int64_t sq_flags;
    int64_t sqes;    /* address of sq_entries SQEs */
    int64_t cq_head; /* address of a u32, as the next two */
    int64_t cq_tail;
    int64_t cq_overflow;
    int64_t cqes;         /* address of cq_entries CQEs */
    int64_t sq_ring;      /* mapping: address */
    int64_t sq_ring_size; /* mapping: bytes */
    int64_t cq_ring;      /* mapping: address; equals sq_ring when the kernel maps both at once */
    int64_t cq_ring_size; /* mapping: bytes */
    int64_t sqes_size;    /* mapping: bytes */
};

/* What fstat and statx say about an open file, filled by gemel_file_stat. */
struct gemel_stat {
    int64_t type;            /* GEMEL_TYPE_* */
    int64_t size_bytes;      /* 0 for a block device */
    int64_t allocated_bytes; /* what the file occupies */
    int64_t device_major;    /* of the device that the file is, 0 when it is none */
    int64_t device_minor;
    int64_t dio_memory_align; /* bytes; 0: no direct I/O; -1: the kernel does not say */
    int64_t dio_offset_align; /* bytes; as above */
};

#define GEMEL_TYPE_OTHER 0
#define GEMEL_TYPE_REGULAR 1
#define GEMEL_TYPE_BLOCK 2

/* Whether io_uring works here, filled by gemel_uring_probe. */
struct gemel_probe {
    int64_t features;      /* IORING_FEAT_* */
    int64_t single_issuer; /* 1: IORING_SETUP_SINGLE_ISSUER is known to the kernel */
    uint8_t op[256];       /* 1: this opcode is supported */
};

/* The value of a constant by name, as its C expression is spelled; INT64_MIN when the name is not known. */
int64_t gemel_constant(const char *name);

jint JNICALL gemel_abi_version(JNIEnv *env, jclass cls);
jlong JNICALL gemel_constant_at(JNIEnv *env, jclass cls, jlong name_address);

jint JNICALL gemel_uring_probe(JNIEnv *env, jclass cls, jlong probe_address);
jint JNICALL gemel_uring_setup(JNIEnv *env, jclass cls, jint sq_entries, jint cq_entries, jint flags,
                               jlong ring_address);
jint JNICALL gemel_uring_enter(JNIEnv *env, jclass cls, jint fd, jint to_submit, jint min_complete, jint flags);
jint JNICALL gemel_uring_register(JNIEnv *env, jclass cls, jint fd, jint opcode, jlong arg_address, jint count);
jint JNICALL gemel_uring_teardown(JNIEnv *env, jclass cls, jlong ring_address);

jint JNICALL gemel_file_open(JNIEnv *env, jclass cls, jlong path_address, jint flags, jint mode);
jint JNICALL gemel_file_close(JNIEnv *env, jclass cls, jint fd);
jint JNICALL gemel_file_stat(JNIEnv *env, jclass cls, jint fd, jlong stat_address);
jint JNICALL gemel_file_truncate(JNIEnv *env, jclass cls, jint fd, jlong length);
jint JNICALL gemel_file_allocate(JNIEnv *env, jclass cls, jint fd, jint mode, jlong offset, jlong length);
jint JNICALL gemel_file_lock(JNIEnv *env, jclass cls, jint fd, jint operation);
jint JNICALL gemel_file_sync(JNIEnv *env, jclass cls, jint fd);
jlong JNICALL gemel_file_read(JNIEnv *env, jclass cls, jint fd, jlong address, jlong length, jlong offset);
jlong JNICALL gemel_file_write(JNIEnv *env, jclass cls, jint fd, jlong address, jlong length, jlong offset);
jint JNICALL gemel_event_create(JNIEnv *env, jclass cls);
jint JNICALL gemel_event_signal(JNIEnv *env, jclass cls, jint fd);
jlong JNICALL gemel_event_take(JNIEnv *env, jclass cls, jint fd);

jlong JNICALL gemel_block_size(JNIEnv *env, jclass cls, jint fd);
jint JNICALL gemel_block_logical_size(JNIEnv *env, jclass cls, jint fd);
jint JNICALL gemel_block_physical_size(JNIEnv *env, jclass cls, jint fd);
jint JNICALL gemel_block_read_only(JNIEnv *env, jclass cls, jint fd);
jint JNICALL gemel_block_discard(JNIEnv *env, jclass cls, jint fd, jlong offset, jlong length);
jint JNICALL gemel_block_zero_out(JNIEnv *env, jclass cls, jint fd, jlong offset, jlong length);

jlong JNICALL gemel_memory_map(JNIEnv *env, jclass cls, jlong length, jlong alignment);
jint JNICALL gemel_memory_unmap(JNIEnv *env, jclass cls, jlong address, jlong length);
jint JNICALL gemel_memory_advise(JNIEnv *env, jclass cls, jlong address, jlong length, jint advice);
jint JNICALL gemel_memory_page_size(JNIEnv *env, jclass cls);

jint JNICALL gemel_thread_id(JNIEnv *env, jclass cls);
jint JNICALL gemel_thread_pin(JNIEnv *env, jclass cls, jint cpu);
jint JNICALL gemel_thread_allowed_cpus(JNIEnv *env, jclass cls, jlong mask_address, jint length);

/* Addresses are handed over as jlong; all supported machines have 64-bit pointers. */
_Static_assert(sizeof(void *) == sizeof(jlong), "64-bit pointers");

static inline void *gemel_pointer(jlong address) {
    return (void *)(intptr_t)address;
}

static inline int64_t gemel_address(const void *pointer) {
    return (int64_t)(intptr_t)pointer;
}

#endif
