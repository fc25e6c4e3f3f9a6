/* The ring driven as Java drives it: by the addresses in gemel_ring. */
#include "check.h"
#include "uring_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>

static uint32_t load(int64_t address) {
    return __atomic_load_n((uint32_t *)gemel_pointer(address), __ATOMIC_ACQUIRE);
}

static void store(int64_t address, uint32_t value) {
    __atomic_store_n((uint32_t *)gemel_pointer(address), value, __ATOMIC_RELEASE);
}

static struct io_uring_sqe *next_sqe(struct gemel_ring *ring) {
    const uint32_t tail = load(ring->sq_tail);
    CHECK(tail - load(ring->sq_head) < (uint32_t)ring->sq_entries);
    struct io_uring_sqe *sqe =
        (struct io_uring_sqe *)gemel_pointer(ring->sqes) + (tail & ((uint32_t)ring->sq_entries - 1));
    memset(sqe, 0, sizeof *sqe);
    return sqe;
}

static void push(struct gemel_ring *ring) {
    store(ring->sq_tail, load(ring->sq_tail) + 1);
}

static struct io_uring_cqe pop(struct gemel_ring *ring) {
    if (load(ring->cq_tail) == load(ring->cq_head))
        CHECK(gemel_uring_enter(NULL, NULL, (jint)ring->fd, 0, 1, IORING_ENTER_GETEVENTS) >= 0);
    const uint32_t head = load(ring->cq_head);
    CHECK(load(ring->cq_tail) != head);
    const struct io_uring_cqe *cqes = gemel_pointer(ring->cqes);
    const struct io_uring_cqe cqe = cqes[head & ((uint32_t)ring->cq_entries - 1)];
    store(ring->cq_head, head + 1);
    return cqe;
}

static int open_ring(struct gemel_ring *ring, int sq, int cq, unsigned flags) {
    memset(ring, 0, sizeof *ring);
    return gemel_uring_setup(NULL, NULL, sq, cq, (jint)flags, gemel_address(ring));
}

static void probe_finds_what_is_needed(void) {
    struct gemel_probe probe;
    const int rc = gemel_uring_probe(NULL, NULL, gemel_address(&probe));
    if (rc == -ENOSYS || rc == -EPERM)
        skip("io_uring is not available", -rc);
    CHECK_EQUAL(0, rc);
    CHECK(probe.features & IORING_FEAT_NODROP);
    CHECK_EQUAL(1, probe.op[IORING_OP_READ]);
    CHECK_EQUAL(1, probe.op[IORING_OP_FALLOCATE]);
    CHECK_EQUAL(0, probe.op[255]);
}

static void setup_refuses_nonsense(void) {
    struct gemel_ring ring;
    CHECK_EQUAL(-EINVAL, open_ring(&ring, 0, 8, 0));
    CHECK_EQUAL(-EINVAL, open_ring(&ring, 8, 4, 0));
    CHECK_EQUAL(-EINVAL, open_ring(&ring, 8, 8, 1U << 31));
}

static void nops_go_round(void) {
    struct gemel_ring ring;
    CHECK(open_ring(&ring, 4, 8, 0) >= 0);
    CHECK_EQUAL(4, ring.sq_entries);
    CHECK_EQUAL(8, ring.cq_entries);
    for (uint64_t round = 0; round < 100; round++) {
        for (uint64_t i = 0; i < 4; i++) {
            struct io_uring_sqe *sqe = next_sqe(&ring);
            sqe->opcode = IORING_OP_NOP;
            sqe->user_data = round * 4 + i;
            push(&ring);
        }
        CHECK_EQUAL(4, gemel_uring_enter(NULL, NULL, (jint)ring.fd, 4, 0, 0));
        for (uint64_t i = 0; i < 4; i++) {
            const struct io_uring_cqe cqe = pop(&ring);
            CHECK_EQUAL(round * 4 + i, cqe.user_data);
            CHECK_EQUAL(0, cqe.res);
        }
    }
    CHECK_EQUAL(0, gemel_uring_teardown(NULL, NULL, gemel_address(&ring)));
}

static void disabled_ring_refuses_until_enabled(void) {
    struct gemel_ring ring;
    CHECK(open_ring(&ring, 4, 8, IORING_SETUP_R_DISABLED) >= 0);
    next_sqe(&ring)->opcode = IORING_OP_NOP;
    push(&ring);
    CHECK_EQUAL(-EBADFD, gemel_uring_enter(NULL, NULL, (jint)ring.fd, 1, 0, 0));
    CHECK_EQUAL(0, gemel_uring_register(NULL, NULL, (jint)ring.fd, IORING_REGISTER_ENABLE_RINGS, 0, 0));
    CHECK_EQUAL(1, gemel_uring_enter(NULL, NULL, (jint)ring.fd, 1, 0, 0));
    CHECK_EQUAL(0, pop(&ring).res);
    CHECK_EQUAL(0, gemel_uring_teardown(NULL, NULL, gemel_address(&ring)));
}

static void registered_file_and_buffer_carry_data(void) {
    struct gemel_ring ring;
    CHECK(open_ring(&ring, 4, 8, 0) >= 0);
    int fds[2] = {-1, -1};
    CHECK_EQUAL(0, gemel_uring_register(NULL, NULL, (jint)ring.fd, IORING_REGISTER_FILES, gemel_address(fds), 2));
    int file = temporary_file(0);
    struct io_uring_files_update update = {.offset = 1, .fds = (uint64_t)gemel_address(&file)};
    CHECK_EQUAL(
        1, gemel_uring_register(NULL, NULL, (jint)ring.fd, IORING_REGISTER_FILES_UPDATE, gemel_address(&update), 1));

    const jlong buffer = gemel_memory_map(NULL, NULL, 8192, 4096);
    CHECK(buffer > 0);
    const int64_t iovec[2] = {buffer, 8192};
    CHECK_EQUAL(0, gemel_uring_register(NULL, NULL, (jint)ring.fd, IORING_REGISTER_BUFFERS, gemel_address(iovec), 1));
    memset(gemel_pointer(buffer), 0x5a, 4096);

    struct io_uring_sqe *sqe = next_sqe(&ring);
    sqe->opcode = IORING_OP_WRITE_FIXED;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->fd = 1;
    sqe->addr = (uint64_t)buffer;
    sqe->len = 4096;
    push(&ring);
    CHECK_EQUAL(1, gemel_uring_enter(NULL, NULL, (jint)ring.fd, 1, 1, IORING_ENTER_GETEVENTS));
    CHECK_EQUAL(4096, pop(&ring).res);

    sqe = next_sqe(&ring);
    sqe->opcode = IORING_OP_READ_FIXED;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->fd = 1;
    sqe->addr = (uint64_t)buffer + 4096;
    sqe->len = 4096;
    push(&ring);
    CHECK_EQUAL(1, gemel_uring_enter(NULL, NULL, (jint)ring.fd, 1, 1, IORING_ENTER_GETEVENTS));
    CHECK_EQUAL(4096, pop(&ring).res);
    CHECK_EQUAL(0, memcmp(gemel_pointer(buffer), gemel_pointer(buffer + 4096), 4096));

    sqe = next_sqe(&ring);
    sqe->opcode = IORING_OP_READ;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->fd = 0; /* an empty slot */
    sqe->addr = (uint64_t)buffer;
    sqe->len = 4096;
    push(&ring);
    CHECK_EQUAL(1, gemel_uring_enter(NULL, NULL, (jint)ring.fd, 1, 1, IORING_ENTER_GETEVENTS));
    CHECK_EQUAL(-EBADF, pop(&ring).res);

    CHECK_EQUAL(0, gemel_uring_register(NULL, NULL, (jint)ring.fd, IORING_UNREGISTER_BUFFERS, 0, 0));
    CHECK_EQUAL(0, gemel_uring_register(NULL, NULL, (jint)ring.fd, IORING_UNREGISTER_FILES, 0, 0));
    CHECK_EQUAL(-ENXIO, gemel_uring_register(NULL, NULL, (jint)ring.fd, IORING_UNREGISTER_FILES, 0, 0));
    CHECK_EQUAL(0, gemel_uring_teardown(NULL, NULL, gemel_address(&ring)));
    CHECK_EQUAL(0, gemel_memory_unmap(NULL, NULL, buffer, 8192));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, file));
}

static void overflowed_completions_are_kept(void) {
    struct gemel_ring ring;
    CHECK(open_ring(&ring, 2, 2, 0) >= 0);
    for (uint64_t i = 0; i < 6; i++) {
        struct io_uring_sqe *sqe = next_sqe(&ring);
        sqe->opcode = IORING_OP_NOP;
        sqe->user_data = i;
        push(&ring);
        CHECK_EQUAL(1, gemel_uring_enter(NULL, NULL, (jint)ring.fd, 1, 0, 0));
    }
    CHECK(load(ring.sq_flags) & IORING_SQ_CQ_OVERFLOW);
    for (uint64_t i = 0; i < 6; i++)
        CHECK_EQUAL(i, pop(&ring).user_data);
    CHECK_EQUAL(0, load(ring.sq_flags) & IORING_SQ_CQ_OVERFLOW);
    CHECK_EQUAL(0, gemel_uring_teardown(NULL, NULL, gemel_address(&ring)));
}

static void errors_carry_their_number(void) {
    CHECK_EQUAL(-EBADF, gemel_uring_enter(NULL, NULL, -1, 0, 0, 0));
    CHECK_EQUAL(-EBADF, gemel_uring_register(NULL, NULL, 1 << 28, IORING_UNREGISTER_FILES, 0, 0));
    const int file = temporary_file(0);
    CHECK_EQUAL(-EOPNOTSUPP, gemel_uring_enter(NULL, NULL, file, 0, 0, 0));
    CHECK_EQUAL(0, gemel_file_close(NULL, NULL, file));
}

static void constants_are_known_by_name(void) {
    CHECK_EQUAL(IORING_OP_READ_FIXED, gemel_constant("IORING_OP_READ_FIXED"));
    CHECK_EQUAL(64, gemel_constant("io_uring_sqe"));
    CHECK_EQUAL(32, gemel_constant("io_uring_sqe.user_data"));
    CHECK_EQUAL(EIO, gemel_constant("EIO"));
    CHECK_EQUAL(INT64_MIN, gemel_constant("no such name"));
    CHECK_EQUAL(GEMEL_ABI_VERSION, gemel_abi_version(NULL, NULL));
    CHECK_EQUAL(EIO, gemel_constant_at(NULL, NULL, gemel_address("EIO")));
}

int main(void) {
    constants_are_known_by_name();
    probe_finds_what_is_needed();
    setup_refuses_nonsense();
    nops_go_round();
    disabled_ring_refuses_until_enabled();
    registered_file_and_buffer_carry_data();
    overflowed_completions_are_kept();
    errors_carry_their_number();
    return 0;
}
