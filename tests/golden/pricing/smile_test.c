/* SPDX-License-Identifier: Apache-2.0 */
/* smile_test.c - volatilities of SABR and SVI smiles against QuantLib 1.29. */
#include "tw_test.h"

#include "tradewind/surface.h"

#include <stdlib.h>

enum { FIELDS = 24 };

/* The number behind "name=" or "name " in the settings of a row. */
static double setting(const char *params, const char *name)
{
    const char *at = strstr(params, name);
    assert_non_null(at);
    return strtod(at + strlen(name), NULL);
}

static double vol_of(char *const field[])
{
    const double forward = strtod(field[4], NULL), strike = strtod(field[5], NULL), T = strtod(field[9], NULL);
    const char *p = field[3];
    if (strcmp(field[1], "svi_vol") == 0) {
        const tw_svi svi = {setting(p, "a="), setting(p, " b="), setting(p, "sigma="), setting(p, "rho="),
                            setting(p, " m=")};
        return tw_svi_vol(&svi, forward, strike, T);
    }
    const tw_sabr sabr = {setting(p, "alpha="), setting(p, "beta="), setting(p, "nu="), setting(p, "rho="), 0.0};
    return tw_sabr_vol(&sabr, forward, strike, T);
}

static void quantlib(void **state)
{
    (void)state;
    char text[4096], *field[FIELDS];
    size_t rows = 0;
    FILE *file = fopen(TW_SHARED_DATA "/golden/quantlib_golden.csv", "r");
    if (!file) {
        print_message("skipped: no shared data\n");
        skip();
    }
    while (fgets(text, sizeof text, file)) {
        if (!strstr(text, ",sabr_vol,") && !strstr(text, ",svi_vol,")) continue;
        char *at = text;
        for (int f = 0; f < FIELDS; f++) {
            field[f] = at;
            at += strcspn(at, ",");
            if (*at) *at++ = '\0';
        }
        assert_near(vol_of(field), strtod(field[23], NULL), 1e-14);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quantlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
