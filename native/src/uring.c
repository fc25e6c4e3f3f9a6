/* io_uring by its raw system calls: probe, set up and map, enter, register, tear down. */
#include "gemel.h"
#include "uring_abi.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sys_setup(unsigned entries, struct io_uring_params *params) {
    const long rc = syscall(__NR_io_uring_setup, entries, params);
    return rc < 0 ? -errno : (int)rc;
}

/* Fills a gemel_probe. A kernel older than the opcode probe (5.6) has no opcode marked. */
jint JNICALL gemel_uring_probe(JNIEnv *env, jclass cls, jlong probe_address) {
    (void)env;
    (void)cls;
    struct gemel_probe *probe = gemel_pointer(probe_address);
    memset(probe, 0, sizeof *probe);

    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    params.flags = IORING_SETUP_SINGLE_ISSUER;
    int fd = sys_setup(2, &params);
    probe->single_issuer = fd >= 0 ? 1 : 0;
    if (fd == -EINVAL) {
        memset(&params, 0, sizeof params);
        fd = sys_setup(2, &params);
    }
    if (fd < 0)
        return fd;
    probe->features = params.features;

    union {
        struct io_uring_probe head;
        uint8_t room[sizeof(struct io_uring_probe) + 256 * sizeof(struct io_uring_probe_op)];
    } answer;
    memset(&answer, 0, sizeof answer);
    if (syscall(__NR_io_uring_register, fd, IORING_REGISTER_PROBE, &answer, 256) >= 0) {
        const struct io_uring_probe_op *ops = (const struct io_uring_probe_op *)(answer.room + sizeof answer.head);
        for (unsigned i = 0; i < answer.head.ops_len; i++)
            probe->op[ops[i].op] = (ops[i].flags & IO_URING_OP_SUPPORTED) ? 1 : 0;
    }
    close(fd);
    return 0;
}

/*
 * Creates and maps a ring and fills the gemel_ring at ring_address. The SQ index array is filled with the identity, so
 * that only the tail needs to be moved from then on. Returns the ring's file descriptor, or -errno with nothing left
 * over.
 */
jint JNICALL gemel_uring_setup(JNIEnv *env, jclass cls, jint sq_entries, jint cq_entries, jint flags,
                               jlong ring_address) {
    (void)env;
    (void)cls;
    struct gemel_ring *ring = gemel_pointer(ring_address);
    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    params.flags = (unsigned)flags | IORING_SETUP_CQSIZE;
    params.cq_entries = (unsigned)cq_entries;
    const int fd = sys_setup((unsigned)sq_entries, &params);
    if (fd < 0)
        return fd;

    size_t sq_size = params.sq_off.array + params.sq_entries * sizeof(uint32_t);
    size_t cq_size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    const size_t sqes_size = params.sq_entries * sizeof(struct io_uring_sqe);
    const int at_once = 0 != (params.features & IORING_FEAT_SINGLE_MMAP);
    if (at_once && cq_size > sq_size)
        sq_size = cq_size;
    if (at_once)
        cq_size = sq_size;

    int error;
    uint8_t *sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQ_RING);
    if (sq == MAP_FAILED) {
        error = errno;
        goto fail_close;
    }
    uint8_t *cq = sq;
    if (!at_once) {
        cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_CQ_RING);
        if (cq == MAP_FAILED) {
            error = errno;
            goto fail_sq;
        }
    }
    uint8_t *sqes = mmap(NULL, sqes_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
    if (sqes == MAP_FAILED) {
        error = errno;
        goto fail_cq;
    }

    uint32_t *array = (uint32_t *)(void *)(sq + params.sq_off.array);
    for (uint32_t i = 0; i < params.sq_entries; i++)
        array[i] = i;

    ring->fd = fd;
    ring->features = params.features;
    ring->sq_entries = params.sq_entries;
    ring->cq_entries = params.cq_entries;
    ring->sq_head = gemel_address(sq + params.sq_off.head);
    ring->sq_tail = gemel_address(sq + params.sq_off.tail);
    ring->sq_dropped = gemel_address(sq + params.sq_off.dropped);
    ring->sq_flags = gemel_address(sq + params.sq_off.flags);
    ring->sqes = gemel_address(sqes);
    ring->cq_head = gemel_address(cq + params.cq_off.head);
    ring->cq_tail = gemel_address(cq + params.cq_off.tail);
    ring->cq_overflow = gemel_address(cq + params.cq_off.overflow);
    ring->cqes = gemel_address(cq + params.cq_off.cqes);
    ring->sq_ring = gemel_address(sq);
    ring->sq_ring_size = (int64_t)sq_size;
    ring->cq_ring = gemel_address(cq);
    ring->cq_ring_size = (int64_t)cq_size;
    ring->sqes_size = (int64_t)sqes_size;
    return fd;

fail_cq:
    if (!at_once)
        munmap(cq, cq_size);
fail_sq:
    munmap(sq, sq_size);
fail_close:
    close(fd);
    return -error;
}

/* Returns the count of SQEs that the kernel took, or -errno. A signal is no reason to come back. */
jint JNICALL gemel_uring_enter(JNIEnv *env, jclass cls, jint fd, jint to_submit, jint min_complete, jint flags) {
    (void)env;
    (void)cls;
    for (;;) {
        const long rc = syscall(__NR_io_uring_enter, fd, to_submit, min_complete, flags, NULL, 0);
        if (rc >= 0)
            return (jint)rc;
        if (errno != EINTR)
            return -errno;
    }
}

jint JNICALL gemel_uring_register(JNIEnv *env, jclass cls, jint fd, jint opcode, jlong arg_address, jint count) {
    (void)env;
    (void)cls;
    const long rc = syscall(__NR_io_uring_register, fd, opcode, gemel_pointer(arg_address), count);
    return rc < 0 ? -errno : (jint)rc;
}

/* Unmaps and closes. The caller has reaped every completion before: the kernel may write into no buffer any more. */
jint JNICALL gemel_uring_teardown(JNIEnv *env, jclass cls, jlong ring_address) {
    (void)env;
    (void)cls;
    struct gemel_ring *ring = gemel_pointer(ring_address);
    int error = 0;
    if (munmap(gemel_pointer(ring->sqes), (size_t)ring->sqes_size) < 0)
        error = errno;
    if (ring->cq_ring != ring->sq_ring && munmap(gemel_pointer(ring->cq_ring), (size_t)ring->cq_ring_size) < 0)
        error = errno;
    if (munmap(gemel_pointer(ring->sq_ring), (size_t)ring->sq_ring_size) < 0)
        error = errno;
    if (close((int)ring->fd) < 0)
        error = errno;
    return -error;
}
