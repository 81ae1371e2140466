/* SPDX-License-Identifier: Apache-2.0 */
/* A file or a folder for the time of a test: in $TMPDIR, or where the test runs. */
#ifndef TW_TEST_TEMP_H
#define TW_TEST_TEMP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TW_TEMP_PATH = 1024 };

/* Makes an empty folder and says where, in `room` bytes; false when it cannot. The caller removes it. */
static inline bool tw_temp_folder(char *path, size_t room)
{
    const char *folder = getenv("TMPDIR");
    const int length = snprintf(path, room, "%s/tradewind-test-XXXXXX", folder && *folder ? folder : ".");
    return length > 0 && (size_t)length < room && mkdtemp(path);
}

/* Makes an empty file and says where; false when it cannot. The caller removes it. */
static inline bool tw_temp_file(char path[TW_TEMP_PATH])
{
    const char *folder = getenv("TMPDIR");
    const int length = snprintf(path, TW_TEMP_PATH, "%s/tradewind-test-XXXXXX", folder && *folder ? folder : ".");
    if (length < 0 || length >= TW_TEMP_PATH) return false;
    const int fd = mkstemp(path);
    return fd >= 0 && close(fd) == 0;
}

#endif
