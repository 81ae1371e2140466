/* SPDX-License-Identifier: Apache-2.0 */
/* exercise_test.c - early exercise by simulation beside QuantLib's, both against high precision. */
#include "price_rows.h"
#include "quantlib_rows.h"

/* The mean over eight seeds is not above the American value but for its error, and not lower than a rule on 50 dates
 * may lose: half of a percent of the price. QuantLib's single seeds are within 3 of their errors and that. */
static void american(void **state)
{
    (void)state;
    char text[1024];
    ql_rows *q = ql_read();
    for (size_t i = 0; i < q->n; i++) {
        const ql_row *row = &q->row[i];
        if (!ql_by(row, "american", "MCAmerican", "")) continue;
        const ql_row *exact_row = ql_same(q, row, "QdFp", "highPrecision");
        double mean = 0.0, error = 0.0;
        assert_non_null(exact_row);
        const double exact = ql_number(exact_row, QL_VALUE), most = 0.005 * ql_number(row, QL_SPOT) * 0.2;
        for (int seed = 1; seed <= 8; seed++) {
            char params[64];
            (void)snprintf(params, sizeof params, "paths=8192 seed=%d", seed);
            price_rows *p = price_rows_new("longstaff_schwartz", params, "american", "black_scholes");
            price_rows_add(p, ql_columns(row, text, sizeof text));
            price_rows_run(p, TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_error_estimate));
            mean += p->value[0][0] / 8.0;
            error += p->value[TW_VALUE_error_estimate][0] / 8.0 / sqrt(8.0);
            price_rows_free(p);
        }
        print_message("%s: %.4f +- %.4f, exact %.4f, QuantLib %s +- %.4f\n", row->field[QL_ID], mean, error, exact,
                      row->field[QL_VALUE], ql_number(row, QL_ERROR));
        assert_true(mean < exact + 3.0 * error);
        assert_true(mean > exact - most - 3.0 * error);
    }
    ql_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(american)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
