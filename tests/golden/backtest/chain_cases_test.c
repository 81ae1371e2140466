/* SPDX-License-Identifier: Apache-2.0 */
/* Random strategies on continuous futures as zipline-reloaded 3.2.1 played them: every session, fill, holding, order
 * and recorded value within 1e-9. The cases here were written by tests/golden/make/chain_cases.py; tests/oracle/
 * chains_test.py plays many more, given as files on the command line. */
#include "chain_case.h"

#include <dirent.h>

static char **files;
static int n_files;

static void test_recorded(void **state)
{
    (void)state;
    static const char folder[] = TW_SOURCE_DIR "/tests/golden/backtest/chain_cases";
    size_t rows = 0;
    int cases = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        char path[1024];
        if (!strstr(entry->d_name, ".txt")) continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        chain_case_check(path, &rows);
        cases++;
    }
    (void)closedir(dir);
    assert_true(cases >= 6 && rows >= 300);
}

static void test_given(void **state)
{
    (void)state;
    size_t rows = 0;
    for (int i = 0; i < n_files; i++) chain_case_check(files[i], &rows);
    print_message("%d cases, %zu rows\n", n_files, rows);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest recorded[] = {cmocka_unit_test(test_recorded)}, given[] = {cmocka_unit_test(test_given)};
    files = argv + 1;
    n_files = argc - 1;
    if (n_files > 0) return cmocka_run_group_tests(given, NULL, NULL);
    return cmocka_run_group_tests(recorded, NULL, NULL);
}
