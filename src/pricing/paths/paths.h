/* SPDX-License-Identifier: Apache-2.0 */
/* paths.h - simulation: draws, paths of prices, and what contracts pay on them, by tiles of paths side by side. */
#ifndef TW_PRICING_PATHS_H
#define TW_PRICING_PATHS_H

#include "pricing/engine.h"

/* Paths of a tile; the same on every instruction set, so that the order of sums is. */
enum { TW_PATHS = 64 };

/* Independent draws of a step: of the price, of what is between two steps or of variance, of jumps, of the second
 * underlying. */
enum { TW_DRAW_PRICE, TW_DRAW_BETWEEN, TW_DRAW_JUMP, TW_DRAW_SECOND, TW_DRAW_KINDS };

/* ---------------------------------------------------------------- draws */

/* Where draws come from: word w of path p is word w % 4 of tw_philox(seed, p, w / 4 + (kind << 32)). */
typedef struct tw_draws {
    uint64_t seed, first; /* first: the tile's first path */
    uint32_t kind;
    size_t steps;
} tw_draws;

typedef void tw_draw_fn(const tw_draws *draws, double *to);

/* Standard normals by the method of Box and Muller (1958), two of a pair of words: to[step * TW_PATHS + path]; steps
 * are rounded up to a multiple of 4 rows. */
void tw_paths_normals_baseline(const tw_draws *draws, double *to);
void tw_paths_normals_avx2(const tw_draws *draws, double *to);
void tw_paths_normals_avx512(const tw_draws *draws, double *to);
/* Uniforms in (0, 1), in the same layout. */
void tw_paths_uniforms_baseline(const tw_draws *draws, double *to);
void tw_paths_uniforms_avx2(const tw_draws *draws, double *to);
void tw_paths_uniforms_avx512(const tw_draws *draws, double *to);

typedef void tw_inverse_fn(size_t n, double *u);
/* Normals from uniforms in place, to 4e-9. */
void tw_paths_inverse_baseline(size_t n, double *u);
void tw_paths_inverse_avx2(size_t n, double *u);
void tw_paths_inverse_avx512(size_t n, double *u);

/* x[k + 1] = x[k] + drift[k] + spread[k] z[k] for rows of TW_PATHS. */
typedef struct tw_walk {
    size_t steps;
    const double *drift, *spread, *z;
    double *x;
} tw_walk;
typedef void tw_walk_fn(const tw_walk *walk);
void tw_paths_walk_baseline(const tw_walk *walk);
void tw_paths_walk_avx2(const tw_walk *walk);
void tw_paths_walk_avx512(const tw_walk *walk);

/* Dimensions of the Sobol sequence that there are direction numbers for. */
enum { TW_SOBOL_DIMENSIONS = 21 };
/* Word of point `index` in a dimension of the Sobol sequence, unscrambled; index below 2^32. */
uint32_t tw_sobol_word(uint32_t index, size_t dimension);
/* The word after a random permutation of its tree of digits (Owen 1995; by hashing, Laine and Karras 2011, Burley
 * 2020).
 */
uint32_t tw_sobol_scramble(uint32_t word, uint32_t seed);

/* ---------------------------------------------------------------- paths */

typedef enum tw_path_model {
    TW_PATH_LOGNORMAL,
    TW_PATH_MERTON,
    TW_PATH_VARIANCE_GAMMA,
    TW_PATH_HESTON,
    TW_PATH_BATES
} tw_path_model;

typedef struct tw_paths_row tw_paths_row;

/* What a tile of paths pays, undiscounted to now: pay[path] has all discounts in it. */
typedef void tw_path_payoff(const tw_paths_row *row, double *pay);

/* A row, its grid of times, and the tile that is under way. */
struct tw_paths_row {
    tw_path_model model;
    tw_path_payoff *payoff;
    bool between;   /* it needs draws of what is between two steps */
    bool second;    /* it has a second underlying */
    bool geometric; /* its control is the geometric average; else the price at expiry */
    double sign, spot, strike, r, mu, vol, T, cash, rebate, start;
    double level[2]; /* logarithms of edges over spot; infinite: none */
    bool out, late;
    double floor_local, cap_local, extreme, average, past;
    double spot2, mu2, vol2, correlation;
    double v0, kappa, theta_v, sigma_v, rho_v, jump_rate, jump_mean, jump_vol, vg_drift, vg_rate;
    size_t fixings, every; /* every so many steps there is a fixing */
    size_t start_step;
    size_t steps;
    double *dt, *drift, *spread; /* by step */
    double *z[TW_DRAW_KINDS];    /* draws: rows of steps */
    double *x;                   /* logarithm of the price over spot: rows 0 to steps */
    double *price;               /* a scratch area as large */
    double *x2;                  /* logarithm of the second price over its spot, at expiry */
    tw_isa isa;
};

/* What an instrument and its model need of a row: false where the engine does not have it. */
void tw_paths_row_of(const tw_block *b, size_t i, tw_paths_row *row);
/* Steps of a row, `wanted` of them at least (0: as few as do). */
size_t tw_paths_steps(const tw_paths_row *row, size_t wanted);
/* Lays the grid of times into row->dt, and drifts and spreads of the lognormal model. */
void tw_paths_grid(tw_paths_row *row);
/* Drifts and spreads of the lognormal model, from row->dt. */
void tw_paths_slopes(tw_paths_row *row);
/* Bytes of a tile of so many steps, and its arrays for row->steps. */
size_t tw_paths_bytes(size_t steps);
void tw_paths_memory(tw_paths_row *row, void *memory);
/* Draws of the tile that begins with path `first`; and the mirrored ones, -z and 1 - u. */
void tw_paths_draw(tw_paths_row *row, uint64_t seed, uint64_t first);
void tw_paths_mirror(tw_paths_row *row);
/* Turns the draws of a tile into paths. `first` is its first path, for models that draw more. */
void tw_paths_move(tw_paths_row *row, uint64_t seed, uint64_t first);
/* Known mean of the control. */
double tw_paths_control_mean(const tw_paths_row *row);
/* The control on every path. */
void tw_paths_control(const tw_paths_row *row, double *control);

#endif
