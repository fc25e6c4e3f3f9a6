/* Checks for the C tests: the first that does not hold ends the test with its line. 77 skips, visibly. */
#ifndef GEMEL_TEST_CHECK_H
#define GEMEL_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gemel.h"

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                \
        }                                                                           \
    } while (0)

#define CHECK_EQUAL(expected, actual)                                                                     \
    do {                                                                                                  \
        const long long e_ = (long long)(expected), a_ = (long long)(actual);                             \
        if (e_ != a_) {                                                                                   \
            fprintf(stderr, "%s:%d: %s: expected %lld, got %lld\n", __FILE__, __LINE__, #actual, e_, a_); \
            exit(1);                                                                                      \
        }                                                                                                 \
    } while (0)

static inline void skip(const char *what, int error) {
    printf("skipped: %s: %s\n", what, strerror(error));
    exit(77);
}

/* A new, empty, unlinked-at-once file in the folder where tests may write. */
static inline int temporary_file(int extra_flags) {
    const char *folder = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/gemel-native-XXXXXX", folder ? folder : "/tmp");
    const int fd = mkostemp(path, extra_flags);
    CHECK(fd >= 0);
    CHECK_EQUAL(0, unlink(path));
    return fd;
}

#endif
