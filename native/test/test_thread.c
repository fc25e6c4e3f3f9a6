#include "check.h"

#include <errno.h>
#include <sched.h>

int main(void) {
    CHECK_EQUAL(getpid(), gemel_thread_id(NULL, NULL)); /* the first thread has the process's number */
    uint8_t mask[1024];
    const jint filled = gemel_thread_allowed_cpus(NULL, NULL, gemel_address(mask), sizeof mask);
    CHECK(filled > 0);
    int last = -1;
    for (int cpu = 0; cpu < filled * 8 && cpu < CPU_SETSIZE; cpu++)
        if (mask[cpu / 8] & 1 << cpu % 8)
            last = cpu;
    CHECK(last >= 0);
    CHECK_EQUAL(0, gemel_thread_pin(NULL, NULL, last));
    CHECK_EQUAL(last, sched_getcpu());
    CHECK(gemel_thread_allowed_cpus(NULL, NULL, gemel_address(mask), sizeof mask) > 0);
    for (int cpu = 0; cpu < filled * 8; cpu++)
        CHECK_EQUAL(cpu == last, 0 != (mask[cpu / 8] & 1 << cpu % 8));
    CHECK_EQUAL(-EINVAL, gemel_thread_pin(NULL, NULL, -1));
    CHECK_EQUAL(-EINVAL, gemel_thread_pin(NULL, NULL, CPU_SETSIZE));
    CHECK_EQUAL(-EINVAL, gemel_thread_allowed_cpus(NULL, NULL, gemel_address(mask), 0));
    return 0;
}
