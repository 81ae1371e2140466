/* SPDX-License-Identifier: Apache-2.0 */
#include "automl/ledger_impl.h"

#include <string.h>

tw_status tw_ledger_new(const tw_ctx *ctx, tw_ledger **ledger, tw_error *err)
{
    tw_ledger *made = tw_new(ctx, 1, sizeof *made);
    if (!made) return tw_no_memory(err, "a ledger");
    made->ctx = ctx;
    tw_arena_init(&made->arena, ctx);
    *ledger = made;
    return TW_OK;
}

tw_status tw_ledger_open(const tw_ctx *ctx, const char *path, tw_ledger **ledger, tw_error *err)
{
    tw_ledger *made;
    TW_TRY(tw_ledger_new(ctx, &made, err));
    made->path = tw_text_copy(ctx, path);
    const tw_status status = made->path ? tw_ledger_read(made, err) : tw_no_memory(err, "a ledger");
    if (status != TW_OK)
        tw_ledger_free(made);
    else
        *ledger = made;
    return status;
}

static void *copy_bytes(tw_arena *arena, const void *from, size_t bytes)
{
    void *to = tw_arena_new(arena, bytes + 1, 1);
    if (to && bytes) memcpy(to, from, bytes);
    return to;
}

static bool copy_names(tw_arena *arena, const tw_trial *trial, tw_trial *copy)
{
    const char **names = tw_arena_new(arena, trial->n_metrics + 1, sizeof *names);
    if (!names) return false;
    for (size_t i = 0; i < trial->n_metrics; i++) {
        names[i] = tw_arena_text(arena, trial->metric_names[i], strlen(trial->metric_names[i]));
        if (!names[i]) return false;
    }
    copy->metric_names = names;
    return true;
}

static tw_trial *copy_trial(tw_arena *arena, const tw_trial *trial)
{
    tw_trial *copy = tw_arena_new(arena, 1, sizeof *copy);
    if (!copy) return NULL;
    const char *params = trial->params ? trial->params : "";
    *copy = *trial;
    copy->name = tw_arena_text(arena, trial->name, strlen(trial->name));
    copy->params = tw_arena_text(arena, params, strlen(params));
    const char *sample = trial->sample ? trial->sample : "";
    copy->sample = tw_arena_text(arena, sample, strlen(sample));
    copy->metrics = copy_bytes(arena, trial->metrics, trial->n_metrics * sizeof *trial->metrics);
    copy->returns = copy_bytes(arena, trial->returns, trial->n_returns * sizeof *trial->returns);
    return copy->name && copy->params && copy->sample && copy->metrics && copy->returns &&
                   copy_names(arena, trial, copy)
               ? copy
               : NULL;
}

tw_status tw_ledger_keep(tw_ledger *ledger, const tw_trial *trial, tw_error *err)
{
    if (ledger->n == ledger->room) {
        const size_t room = 2 * ledger->room + 16, size = sizeof *ledger->trial;
        tw_trial **more = tw_resize(ledger->ctx, ledger->trial, ledger->room * size, room * size);
        if (!more) return tw_no_memory(err, "a trial");
        ledger->trial = more;
        ledger->room = room;
    }
    tw_trial *copy = copy_trial(&ledger->arena, trial);
    if (!copy) return tw_no_memory(err, "a trial");
    ledger->trial[ledger->n++] = copy;
    return TW_OK;
}

tw_status tw_ledger_add(tw_ledger *ledger, const tw_trial *trial, tw_error *err)
{
    if (!trial->name || !trial->name[0]) return tw_fail(err, TW_BAD_VALUE, "ledger: a trial needs a name");
    TW_TRY(tw_ledger_keep(ledger, trial, err));
    if (!ledger->path) return TW_OK;
    const tw_status status = tw_ledger_write(ledger, trial, err);
    if (status != TW_OK) ledger->n--; /* memory and file say the same */
    return status;
}

size_t tw_ledger_size(const tw_ledger *ledger) { return ledger->n; }
const tw_trial *tw_ledger_trial(const tw_ledger *ledger, size_t i) { return ledger->trial[i]; }

void tw_ledger_free(tw_ledger *ledger)
{
    if (!ledger) return;
    tw_arena_clear(&ledger->arena);
    tw_free(ledger->ctx, ledger->trial);
    tw_free(ledger->ctx, ledger->path);
    tw_free(ledger->ctx, ledger);
}
