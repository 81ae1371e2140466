/* SPDX-License-Identifier: Apache-2.0 */
/* Tear sheets of folders: the bytes are one of a run's files, by the first of them ('t'xns, 'p'ositions, 'o'rders,
 * 'a'ctions, a's'sets, else daily); the others are good. What can be read is made a sheet. */
#include "../support/spec_case.h"

#include "tradewind/tearsheet.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct part {
    char key;
    const char *name, *good;
} part;

static const part PARTS[] = {
    {'d', "daily.csv", "session,returns,portfolio_value\n2021-01-04,0,1000\n2021-01-05,0.01,1010\n2021-01-06,0,1010\n"},
    {'t', "txns.csv",
     "session,time,symbol,amount,price,order_id\n2021-01-04,2021-01-04 14:31:00,A,3,10,7\n"
     "2021-01-06,2021-01-06 20:00:00,A,-5,6,8\n"},
    {'p', "positions.csv", "session,symbol,amount,price\n2021-01-04,A,3,11\n2021-01-05,A,6,5\n"},
    {'o', "orders.csv",
     "order_id,symbol,created,amount,filled,status,kind,arrival,reason\n7,A,2021-01-04 14:30:00,3,3,filled,stop,9.9,\n"
     "9,B,2021-01-05,5,0,rejected,market,,margin\n"},
    {'a', "run_actions.csv",
     "session,symbol,kind,ratio,before,after,cash\n2021-01-05,A,split,0.5,3,6,0\n2021-01-05,A,dividend,,6,6,1.5\n"
     "2021-01-06,A,stock_dividend,,6,7,0\n"},
    {'s', "run_assets.csv", "symbol,multiplier,sector\nA,50,food\n"},
};
enum { N_PARTS = sizeof PARTS / sizeof *PARTS };

static void put(const char *folder, const part *p, const void *text, size_t size)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/%s", folder, p->name);
    if (spec_case_write(path, text, size) != 0) abort();
}

static void make_sheet(const char *folder)
{
    const tw_record_files files = {.folder = folder, .periods_per_year = 252};
    tw_tearsheet_options how;
    tw_record_read read;
    tw_tearsheet sheet = {0};
    tw_buf text;
    tw_error err;
    tw_buf_init(&text, NULL);
    if (tw_params_parse(tw_tearsheet_params(), "report", "draws=20 close_open=1 income=1", &how, &err) != TW_OK)
        abort();
    if (tw_record_open(NULL, &files, &read, &err) == TW_OK &&
        tw_tearsheet_make(NULL, &read.record, &how, &sheet, &err) == TW_OK &&
        tw_tearsheet_json(&sheet, &text, &err) != TW_OK)
        abort();
    tw_buf_clear(&text);
    tw_tearsheet_clear(&sheet);
    tw_record_close(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char folder[512];
    size_t which = 0;
    if (!folder[0]) {
        if (!tw_temp_folder(folder, sizeof folder)) abort();
        for (size_t i = 0; i < N_PARTS; i++) put(folder, &PARTS[i], PARTS[i].good, strlen(PARTS[i].good));
    }
    while (size > 0 && which < N_PARTS && PARTS[which].key != data[0]) which++;
    if (size == 0 || which == N_PARTS) return 0;
    put(folder, &PARTS[which], data + 1, size - 1);
    make_sheet(folder);
    put(folder, &PARTS[which], PARTS[which].good, strlen(PARTS[which].good));
    return 0;
}
