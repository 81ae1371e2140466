/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict: docs/decisions/0004-verdict.md says why these conditions, and what they let through. */
#include "automl/board_impl.h"

#include <math.h>
#include <stdio.h>

static const double dsr_evidence = 0.95, dsr_weak = 0.90;
static const double spa_evidence = 0.05, spa_weak = 0.10;
static const double rank_ic_t_least = 2.0;
static const double pbo_most = 0.5, p_loss_fine = 0.05;

/* Not known counts as met only where the number cannot exist: one symbol has no rank IC, one trial no PBO. */
static bool generalises(const tw_pbo *pbo)
{
    return isnan(pbo->pbo) || pbo->pbo <= pbo_most || pbo->p_loss <= p_loss_fine;
}

const char *tw_verdict_text(tw_verdict verdict)
{
    switch (verdict) {
    case TW_EVIDENCE: return "evidence";
    case TW_WEAK_EVIDENCE: return "weak evidence";
    case TW_NO_EVIDENCE: break;
    }
    return "no evidence";
}

static tw_verdict decide(const tw_board *board, double t)
{
    const tw_board_row *best = &board->row[board->best], *naive = &board->row[0];
    const bool ordered = isnan(t) || t >= rank_ic_t_least;
    const bool better = best->sharpe.mean > 0 && best->sharpe.sharpe > naive->sharpe.sharpe;
    if (!ordered || !better || !generalises(&board->pbo)) return TW_NO_EVIDENCE;
    if (best->dsr >= dsr_evidence && board->spa.p_consistent <= spa_evidence) return TW_EVIDENCE;
    return best->dsr >= dsr_weak && board->spa.p_consistent <= spa_weak ? TW_WEAK_EVIDENCE : TW_NO_EVIDENCE;
}

/* "0.973", or "n/a" for what is not known. */
typedef struct shown {
    char text[24];
} shown;

static shown show(double x)
{
    shown s;
    if (isnan(x))
        (void)snprintf(s.text, sizeof s.text, "n/a");
    else
        (void)snprintf(s.text, sizeof s.text, "%.3g", x);
    return s;
}

static shown show_probability(double p) { return p > 0.999 ? (shown){"> 0.999"} : show(p); }

static const char *lead(tw_verdict verdict)
{
    switch (verdict) {
    case TW_EVIDENCE: return "Evidence";
    case TW_WEAK_EVIDENCE: return "Weak evidence";
    case TW_NO_EVIDENCE: break;
    }
    return "No evidence";
}

void tw_board_judge(tw_board *board)
{
    const tw_board_row *best = &board->row[board->best];
    const double t = tw_trial_metric(best->trial, "rank_ic_t");
    board->verdict = decide(board, t);
    const shown sharpe = show(best->sharpe.sharpe), dsr = show_probability(best->dsr);
    const shown spa = show(board->spa.p_consistent), ic = show(t);
    const shown pbo = show(board->pbo.pbo), loss = show(board->pbo.p_loss);
    (void)snprintf(
        board->verdict_text, sizeof board->verdict_text,
        "%s that %.40s beats chance and %.40s: Sharpe ratio %s a period over %zu periods; deflated for %.0f %s, %s (at "
        "least %.2f); SPA p %s (at most %.2f); rank IC t %s (at least %.1f); PBO %s (at most %.1f), chance of loss %s "
        "(or at most %.2f).",
        lead(board->verdict), best->trial->name, board->row[0].trial->name, sharpe.text, best->sharpe.n,
        board->n_trials, board->n_trials == 1 ? "trial" : "trials", dsr.text, dsr_evidence, spa.text, spa_evidence,
        ic.text, rank_ic_t_least, pbo.text, pbo_most, loss.text, p_loss_fine);
}
