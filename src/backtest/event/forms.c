/* SPDX-License-Identifier: Apache-2.0 */
/* forms.c - what settings take, for those who list it. */
#include "backtest/event/account.h"
#include "backtest/event/controls.h"

typedef struct list {
    tw_setting_form *form;
    size_t n, room;
} list;

static void add(list *l, const tw_setting_form *form)
{
    if (l->n < l->room) l->form[l->n] = *form;
    l->n++;
}

static void add_models(list *l)
{
    size_t n;
    const tw_commission *const *commission = tw_commissions(&n);
    for (size_t i = 0; i < n; i++)
        add(l, &(tw_setting_form){"commission", commission[i]->name, commission[i]->title, commission[i]->source,
                                  commission[i]->params});
    const tw_control *const *control = tw_controls(&n);
    for (size_t i = 0; i < n; i++)
        add(l,
            &(tw_setting_form){"control", control[i]->name, control[i]->title, control[i]->source, control[i]->params});
    const tw_slippage *const *slippage = tw_slippages(&n);
    for (size_t i = 0; i < n; i++)
        add(l, &(tw_setting_form){"slippage", slippage[i]->name, slippage[i]->title, slippage[i]->source,
                                  slippage[i]->params});
}

size_t tw_setting_forms(size_t room, tw_setting_form *forms)
{
    const tw_setting_form plain[] = {
        {"borrow", NULL, "What shares sold short cost, and how many there are", NULL, tw_borrow_params()},
        {"currency", NULL, "What is done with cash of currencies other than the account's", NULL, tw_currency_params()},
        {"fee", NULL, "A tax or fee of fills, beside the commission; several add up", NULL, tw_fee_params()},
        {"interest", NULL, "On cash, and on cash owed", NULL, tw_interest_params()},
        {"margin", NULL, "What must back positions, to open and to keep them", NULL, tw_margin_params()},
        {"restrict", NULL, "An asset that must not be traded", "zipline, set_asset_restrictions", tw_restrict_params()},
        {"schedule", NULL, "When a strategy, or a block of it, is called", "zipline, schedule_function",
         tw_schedule_params()},
    };
    list l = {.form = forms, .room = room};
    add_models(&l);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) add(&l, &plain[i]);
    return l.n;
}
