/*
 * The io_uring ABI as the kernel headers give it, with the newer values that older headers lack: a kernel may be newer
 * than the headers that we were built with. What is asserted here is what Java relies on.
 */
#ifndef GEMEL_URING_ABI_H
#define GEMEL_URING_ABI_H

#include <linux/io_uring.h>
#include <stddef.h>

#ifndef IORING_SETUP_SUBMIT_ALL
#define IORING_SETUP_SUBMIT_ALL (1U << 7)
#endif
#ifndef IORING_SETUP_SINGLE_ISSUER
#define IORING_SETUP_SINGLE_ISSUER (1U << 12)
#endif
#ifndef IORING_ASYNC_CANCEL_ALL
#define IORING_ASYNC_CANCEL_ALL (1U << 0)
#endif
#ifndef IORING_ASYNC_CANCEL_ANY
#define IORING_ASYNC_CANCEL_ANY (1U << 2)
#endif
#ifndef IORING_SQ_CQ_OVERFLOW
#define IORING_SQ_CQ_OVERFLOW (1U << 1)
#endif

_Static_assert(sizeof(struct io_uring_sqe) == 64, "SQE");
_Static_assert(offsetof(struct io_uring_sqe, opcode) == 0, "SQE opcode, u8");
_Static_assert(offsetof(struct io_uring_sqe, flags) == 1, "SQE flags, u8");
_Static_assert(offsetof(struct io_uring_sqe, ioprio) == 2, "SQE ioprio, u16");
_Static_assert(offsetof(struct io_uring_sqe, fd) == 4, "SQE fd, s32");
_Static_assert(offsetof(struct io_uring_sqe, off) == 8, "SQE off, u64");
_Static_assert(offsetof(struct io_uring_sqe, addr) == 16, "SQE addr, u64");
_Static_assert(offsetof(struct io_uring_sqe, len) == 24, "SQE len, u32");
_Static_assert(offsetof(struct io_uring_sqe, rw_flags) == 28, "SQE rw_flags, u32");
_Static_assert(offsetof(struct io_uring_sqe, user_data) == 32, "SQE user_data, u64");
_Static_assert(offsetof(struct io_uring_sqe, buf_index) == 40, "SQE buf_index, u16");
_Static_assert(sizeof(struct io_uring_cqe) == 16, "CQE");
_Static_assert(offsetof(struct io_uring_cqe, user_data) == 0, "CQE user_data, u64");
_Static_assert(offsetof(struct io_uring_cqe, res) == 8, "CQE res, s32");
_Static_assert(offsetof(struct io_uring_cqe, flags) == 12, "CQE flags, u32");
_Static_assert(sizeof(struct io_uring_files_update) == 16, "files_update");

#endif
