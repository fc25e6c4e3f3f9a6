package io.gemel.core.uring;

import static io.gemel.core.uring.NativeLibrary.intConstant;

/**
 * The kernel's io_uring numbers and our own structures' offsets, taken from C, so that the JIT can
 * fold them.
 */
final class UringAbi {
    static final int IORING_OP_NOP = intConstant("IORING_OP_NOP");
    static final int IORING_OP_READ = intConstant("IORING_OP_READ");
    static final int IORING_OP_WRITE = intConstant("IORING_OP_WRITE");
    static final int IORING_OP_READ_FIXED = intConstant("IORING_OP_READ_FIXED");
    static final int IORING_OP_WRITE_FIXED = intConstant("IORING_OP_WRITE_FIXED");
    static final int IORING_OP_FSYNC = intConstant("IORING_OP_FSYNC");
    static final int IORING_OP_FALLOCATE = intConstant("IORING_OP_FALLOCATE");
    static final int IORING_OP_ASYNC_CANCEL = intConstant("IORING_OP_ASYNC_CANCEL");

    static final int IOSQE_FIXED_FILE = intConstant("IOSQE_FIXED_FILE");
    static final int IOSQE_ASYNC = intConstant("IOSQE_ASYNC");
    static final int IORING_FSYNC_DATASYNC = intConstant("IORING_FSYNC_DATASYNC");
    static final int IORING_ASYNC_CANCEL_ALL = intConstant("IORING_ASYNC_CANCEL_ALL");
    static final int IORING_ASYNC_CANCEL_ANY = intConstant("IORING_ASYNC_CANCEL_ANY");
    static final int IORING_ENTER_GETEVENTS = intConstant("IORING_ENTER_GETEVENTS");
    static final int IORING_SETUP_CLAMP = intConstant("IORING_SETUP_CLAMP");
    static final int IORING_SETUP_R_DISABLED = intConstant("IORING_SETUP_R_DISABLED");
    static final int IORING_SETUP_SINGLE_ISSUER = intConstant("IORING_SETUP_SINGLE_ISSUER");
    static final int IORING_SQ_CQ_OVERFLOW = intConstant("IORING_SQ_CQ_OVERFLOW");
    static final int IORING_FEAT_NODROP = intConstant("IORING_FEAT_NODROP");

    static final int IORING_REGISTER_BUFFERS = intConstant("IORING_REGISTER_BUFFERS");
    static final int IORING_UNREGISTER_BUFFERS = intConstant("IORING_UNREGISTER_BUFFERS");
    static final int IORING_REGISTER_FILES = intConstant("IORING_REGISTER_FILES");
    static final int IORING_UNREGISTER_FILES = intConstant("IORING_UNREGISTER_FILES");
    static final int IORING_REGISTER_FILES_UPDATE = intConstant("IORING_REGISTER_FILES_UPDATE");
    static final int IORING_REGISTER_EVENTFD = intConstant("IORING_REGISTER_EVENTFD");
    static final int IORING_REGISTER_ENABLE_RINGS = intConstant("IORING_REGISTER_ENABLE_RINGS");

    static final int SQE_SIZE = intConstant("io_uring_sqe");
    static final int SQE_OPCODE_OFFSET = intConstant("io_uring_sqe.opcode");
    static final int SQE_FLAGS_OFFSET = intConstant("io_uring_sqe.flags");
    static final int SQE_FD_OFFSET = intConstant("io_uring_sqe.fd");
    static final int SQE_OFF_OFFSET = intConstant("io_uring_sqe.off");
    static final int SQE_ADDR_OFFSET = intConstant("io_uring_sqe.addr");
    static final int SQE_LEN_OFFSET = intConstant("io_uring_sqe.len");
    static final int SQE_RW_FLAGS_OFFSET = intConstant("io_uring_sqe.rw_flags");
    static final int SQE_USER_DATA_OFFSET = intConstant("io_uring_sqe.user_data");
    static final int SQE_BUF_INDEX_OFFSET = intConstant("io_uring_sqe.buf_index");
    static final int CQE_SIZE = intConstant("io_uring_cqe");
    static final int CQE_USER_DATA_OFFSET = intConstant("io_uring_cqe.user_data");
    static final int CQE_RES_OFFSET = intConstant("io_uring_cqe.res");
    static final int CQE_FLAGS_OFFSET = intConstant("io_uring_cqe.flags");

    static final int FILES_UPDATE_SIZE = intConstant("io_uring_files_update");
    static final int FILES_UPDATE_OFFSET_OFFSET = intConstant("io_uring_files_update.offset");
    static final int FILES_UPDATE_FDS_OFFSET = intConstant("io_uring_files_update.fds");
    static final int IOVEC_SIZE = intConstant("iovec");
    static final int IOVEC_BASE_OFFSET = intConstant("iovec.iov_base");
    static final int IOVEC_LEN_OFFSET = intConstant("iovec.iov_len");

    static final int RING_SIZE = intConstant("gemel_ring");
    static final int RING_FEATURES_OFFSET = intConstant("gemel_ring.features");
    static final int RING_SQ_ENTRIES_OFFSET = intConstant("gemel_ring.sq_entries");
    static final int RING_CQ_ENTRIES_OFFSET = intConstant("gemel_ring.cq_entries");
    static final int RING_SQ_HEAD_OFFSET = intConstant("gemel_ring.sq_head");
    static final int RING_SQ_TAIL_OFFSET = intConstant("gemel_ring.sq_tail");
    static final int RING_SQ_FLAGS_OFFSET = intConstant("gemel_ring.sq_flags");
    static final int RING_SQES_OFFSET = intConstant("gemel_ring.sqes");
    static final int RING_CQ_HEAD_OFFSET = intConstant("gemel_ring.cq_head");
    static final int RING_CQ_TAIL_OFFSET = intConstant("gemel_ring.cq_tail");
    static final int RING_CQES_OFFSET = intConstant("gemel_ring.cqes");

    static final int PROBE_SIZE = intConstant("gemel_probe");
    static final int PROBE_FEATURES_OFFSET = intConstant("gemel_probe.features");
    static final int PROBE_SINGLE_ISSUER_OFFSET = intConstant("gemel_probe.single_issuer");
    static final int PROBE_OP_OFFSET = intConstant("gemel_probe.op");

    private UringAbi() {}
}
