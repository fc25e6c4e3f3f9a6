/* Every number of an ABI that Java uses, by the name it has in C (or as structure.field for the offset of a field). */
#include "gemel.h"
#include "uring_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/uio.h>

struct constant {
    const char *name;
    int64_t value;
};

#define VALUE(name) \
    { #name, (int64_t)(name) }
#define SIZE(type) \
    { #type, (int64_t)sizeof(struct type) }
#define FIELD(type, field) \
    { #type "." #field, (int64_t)offsetof(struct type, field) }

static const struct constant CONSTANTS[] = {
    VALUE(IORING_OP_NOP),
    VALUE(IORING_OP_READ),
    VALUE(IORING_OP_WRITE),
    VALUE(IORING_OP_READ_FIXED),
    VALUE(IORING_OP_WRITE_FIXED),
    VALUE(IORING_OP_FSYNC),
    VALUE(IORING_OP_FALLOCATE),
    VALUE(IORING_OP_ASYNC_CANCEL),
    VALUE(IOSQE_FIXED_FILE),
    VALUE(IOSQE_ASYNC),
    VALUE(IORING_FSYNC_DATASYNC),
    VALUE(IORING_ASYNC_CANCEL_ALL),
    VALUE(IORING_ASYNC_CANCEL_ANY),
    VALUE(IORING_ENTER_GETEVENTS),
    VALUE(IORING_SETUP_CLAMP),
    VALUE(IORING_SETUP_R_DISABLED),
    VALUE(IORING_SETUP_SUBMIT_ALL),
    VALUE(IORING_SETUP_SINGLE_ISSUER),
    VALUE(IORING_SQ_CQ_OVERFLOW),
    VALUE(IORING_FEAT_SINGLE_MMAP),
    VALUE(IORING_FEAT_NODROP),
    VALUE(IORING_FEAT_SUBMIT_STABLE),
    VALUE(IORING_FEAT_FAST_POLL),
    VALUE(IORING_FEAT_EXT_ARG),
    VALUE(IORING_FEAT_NATIVE_WORKERS),
    VALUE(IORING_FEAT_RSRC_TAGS),
    VALUE(IORING_REGISTER_BUFFERS),
    VALUE(IORING_UNREGISTER_BUFFERS),
    VALUE(IORING_REGISTER_FILES),
    VALUE(IORING_UNREGISTER_FILES),
    VALUE(IORING_REGISTER_FILES_UPDATE),
    VALUE(IORING_REGISTER_EVENTFD),
    VALUE(IORING_UNREGISTER_EVENTFD),
    VALUE(IORING_REGISTER_ENABLE_RINGS),
    SIZE(io_uring_sqe),
    FIELD(io_uring_sqe, opcode),
    FIELD(io_uring_sqe, flags),
    FIELD(io_uring_sqe, fd),
    FIELD(io_uring_sqe, off),
    FIELD(io_uring_sqe, addr),
    FIELD(io_uring_sqe, len),
    FIELD(io_uring_sqe, rw_flags),
    FIELD(io_uring_sqe, user_data),
    FIELD(io_uring_sqe, buf_index),
    SIZE(io_uring_cqe),
    FIELD(io_uring_cqe, user_data),
    FIELD(io_uring_cqe, res),
    FIELD(io_uring_cqe, flags),
    SIZE(io_uring_files_update),
    FIELD(io_uring_files_update, offset),
    FIELD(io_uring_files_update, fds),
    SIZE(iovec),
    FIELD(iovec, iov_base),
    FIELD(iovec, iov_len),

    SIZE(gemel_ring),
    FIELD(gemel_ring, features),
    FIELD(gemel_ring, sq_entries),
    FIELD(gemel_ring, cq_entries),
    FIELD(gemel_ring, sq_head),
    FIELD(gemel_ring, sq_tail),
    FIELD(gemel_ring, sq_dropped),
    FIELD(gemel_ring, sq_flags),
    FIELD(gemel_ring, sqes),
    FIELD(gemel_ring, cq_head),
    FIELD(gemel_ring, cq_tail),
    FIELD(gemel_ring, cq_overflow),
    FIELD(gemel_ring, cqes),
    SIZE(gemel_probe),
    FIELD(gemel_probe, features),
    FIELD(gemel_probe, single_issuer),
    FIELD(gemel_probe, op),
    SIZE(gemel_stat),
    FIELD(gemel_stat, type),
    FIELD(gemel_stat, size_bytes),
    FIELD(gemel_stat, allocated_bytes),
    FIELD(gemel_stat, device_major),
    FIELD(gemel_stat, device_minor),
    FIELD(gemel_stat, dio_memory_align),
    FIELD(gemel_stat, dio_offset_align),
    VALUE(GEMEL_TYPE_OTHER),
    VALUE(GEMEL_TYPE_REGULAR),
    VALUE(GEMEL_TYPE_BLOCK),

    VALUE(RWF_DSYNC),
    VALUE(O_RDONLY),
    VALUE(O_RDWR),
    VALUE(O_CREAT),
    VALUE(O_EXCL),
    VALUE(O_DIRECT),
    VALUE(O_DSYNC),
    VALUE(FALLOC_FL_KEEP_SIZE),
    VALUE(FALLOC_FL_PUNCH_HOLE),
    VALUE(FALLOC_FL_ZERO_RANGE),
    VALUE(LOCK_SH),
    VALUE(LOCK_EX),
    VALUE(LOCK_UN),
    VALUE(LOCK_NB),
    VALUE(MADV_HUGEPAGE),
    VALUE(MADV_WILLNEED),

    VALUE(EPERM),
    VALUE(ENOENT),
    VALUE(EINTR),
    VALUE(EIO),
    VALUE(ENXIO),
    VALUE(EBADF),
    VALUE(EAGAIN),
    VALUE(ENOMEM),
    VALUE(EACCES),
    VALUE(EFAULT),
    VALUE(EBUSY),
    VALUE(EEXIST),
    VALUE(ENODEV),
    VALUE(ENOTDIR),
    VALUE(EISDIR),
    VALUE(EINVAL),
    VALUE(ENFILE),
    VALUE(EMFILE),
    VALUE(EFBIG),
    VALUE(ENOSPC),
    VALUE(EROFS),
    VALUE(EPIPE),
    VALUE(ERANGE),
    VALUE(EDEADLK),
    VALUE(ENOSYS),
    VALUE(ENODATA),
    VALUE(ETIME),
    VALUE(ENOLINK),
    VALUE(EPROTO),
    VALUE(EBADE),
    VALUE(EBADFD),
    VALUE(EREMOTEIO),
    VALUE(EOVERFLOW),
    VALUE(EILSEQ),
    VALUE(EOPNOTSUPP),
    VALUE(ETIMEDOUT),
    VALUE(EALREADY),
    VALUE(ESTALE),
    VALUE(EDQUOT),
    VALUE(ENOMEDIUM),
    VALUE(EMEDIUMTYPE),
    VALUE(ECANCELED),
    VALUE(EBADR),
    VALUE(ENOTBLK),
    VALUE(ETXTBSY),
    VALUE(ENOTTY),
    VALUE(ELOOP),
    VALUE(ENAMETOOLONG),
};

int64_t gemel_constant(const char *name) {
    for (size_t i = 0; i < sizeof CONSTANTS / sizeof *CONSTANTS; i++)
        if (0 == strcmp(name, CONSTANTS[i].name))
            return CONSTANTS[i].value;
    return INT64_MIN;
}

/* name_address: ASCII ending in NUL. */
jlong JNICALL gemel_constant_at(JNIEnv *env, jclass cls, jlong name_address) {
    (void)env;
    (void)cls;
    return gemel_constant(gemel_pointer(name_address));
}

jint JNICALL gemel_abi_version(JNIEnv *env, jclass cls) {
    (void)env;
    (void)cls;
    return GEMEL_ABI_VERSION;
}
