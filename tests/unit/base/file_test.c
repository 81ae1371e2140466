/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_folder(void **state)
{
    char name[] = "/tmp/tw-file-test-XXXXXX";
    if (!mkdtemp(name)) return -1;
    *state = tw_text_copy(NULL, name);
    return *state ? 0 : -1;
}

static int remove_tree(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        char inner[600];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        snprintf(inner, sizeof inner, "%.300s/%s", path, e->d_name);
        if (unlink(inner) != 0) (void)remove_tree(inner);
    }
    if (folder) closedir(folder);
    return rmdir(path);
}

static int remove_folder(void **state)
{
    const int code = remove_tree(*state);
    tw_free(NULL, *state);
    return code;
}

static int count_entries(const char *path)
{
    int n = -2; /* . and .. */
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder)) n++;
    closedir(folder);
    return n;
}

static void what_is_written_is_read(void **state)
{
    const char *folder = *state;
    char path[300], *bytes = NULL;
    size_t length = 0;
    tw_error err;
    snprintf(path, sizeof path, "%s/bars.bin", folder);
    static const size_t sizes[] = {70001, 5, 0, 65536};
    for (size_t k = 0; k < 4; k++) {
        char *data = tw_new(NULL, sizes[k] + 1, 1);
        for (size_t i = 0; i < sizes[k]; i++) data[i] = (char)(i * 131 + k);
        assert_ok(tw_file_write(path, data, sizes[k], &err), &err);
        assert_ok(tw_file_read(NULL, path, &bytes, &length, &err), &err);
        assert_int_equal(length, sizes[k]);
        assert_memory_equal(bytes, data, sizes[k]);
        assert_int_equal(bytes[length], 0);
        tw_free(NULL, bytes);
        tw_free(NULL, data);
    }
    assert_int_equal(count_entries(folder), 1); /* nothing is left beside */
}

static void failures_name_the_file(void **state)
{
    const char *folder = *state;
    char path[300], want[500], *bytes = NULL;
    size_t length = 0;
    tw_error err;
    snprintf(path, sizeof path, "%s/missing/bars.bin", folder);
    assert_int_equal(tw_file_write(path, "x", 1, &err), TW_NOT_FOUND);
    snprintf(want, sizeof want, "cannot write '%s': No such file or directory", path);
    assert_string_equal(err.message, want);
    assert_int_equal(tw_file_read(NULL, path, &bytes, &length, &err), TW_NOT_FOUND);
    snprintf(want, sizeof want, "cannot read '%s': No such file or directory", path);
    assert_string_equal(err.message, want);
    assert_int_equal(tw_file_read(NULL, folder, &bytes, &length, &err), TW_IO_FAILED);
    snprintf(want, sizeof want, "cannot read '%s': Is a directory", folder);
    assert_string_equal(err.message, want);
    assert_int_equal(tw_file_write(folder, "x", 1, NULL), TW_IO_FAILED);
    assert_null(bytes);
    assert_int_equal(count_entries(folder), 0);
}

static void sizes_unknown_to_the_system_are_read(void **state)
{
    (void)state;
    char *bytes;
    size_t length;
    tw_error err;
    if (tw_file_read(NULL, "/proc/self/status", &bytes, &length, &err) != TW_OK) skip();
    assert_true(length > 100);
    assert_int_equal(bytes[length], 0);
    tw_free(NULL, bytes);
}

static void folders_are_made_with_parents(void **state)
{
    const char *folder = *state;
    char path[300], want[500];
    struct stat info;
    tw_error err;
    snprintf(path, sizeof path, "%s/a/b//c/", folder);
    assert_ok(tw_folder_make(path, &err), &err);
    assert_ok(tw_folder_make(path, &err), &err);
    assert_int_equal(stat(path, &info), 0);
    assert_true(S_ISDIR(info.st_mode));
    snprintf(path, sizeof path, "%s/a/file", folder);
    assert_ok(tw_file_write(path, "x", 1, &err), &err);
    assert_int_equal(tw_folder_make(path, &err), TW_IO_FAILED);
    snprintf(want, sizeof want, "cannot make folder '%s': File exists", path);
    assert_string_equal(err.message, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(failures_name_the_file, make_folder, remove_folder),
        cmocka_unit_test(sizes_unknown_to_the_system_are_read),
        cmocka_unit_test_setup_teardown(folders_are_made_with_parents, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
