#include "check.h"

#include <errno.h>
#include <sys/mman.h>

int main(void) {
    const jlong page = gemel_memory_page_size(NULL, NULL);
    CHECK(page >= 4096);
    for (jlong alignment = page; alignment <= 2 << 20; alignment *= 2) {
        const jlong length = page * 3;
        const jlong address = gemel_memory_map(NULL, NULL, length, alignment);
        CHECK(address > 0);
        CHECK_EQUAL(0, address % alignment);
        const uint8_t *bytes = gemel_pointer(address);
        for (jlong i = 0; i < length; i++)
            CHECK_EQUAL(0, bytes[i]);
        memset(gemel_pointer(address), 0xff, (size_t)length);
        CHECK_EQUAL(0, gemel_memory_advise(NULL, NULL, address, length, MADV_WILLNEED));
        CHECK_EQUAL(0, gemel_memory_unmap(NULL, NULL, address, length));
    }
    CHECK_EQUAL(-EINVAL, gemel_memory_map(NULL, NULL, 0, page));
    CHECK_EQUAL(-EINVAL, gemel_memory_map(NULL, NULL, page + 1, page));
    CHECK_EQUAL(-EINVAL, gemel_memory_map(NULL, NULL, page, page / 2));
    CHECK_EQUAL(-EINVAL, gemel_memory_map(NULL, NULL, page, page * 3));
    CHECK_EQUAL(-EINVAL, gemel_memory_map(NULL, NULL, INT64_MAX / page * page, page * 4));
    CHECK_EQUAL(-ENOMEM, gemel_memory_map(NULL, NULL, 1LL << 60, page));
    CHECK_EQUAL(-EINVAL, gemel_memory_unmap(NULL, NULL, 1, page));
    CHECK_EQUAL(-EINVAL, gemel_memory_advise(NULL, NULL, 0, page, -1));
    return 0;
}
