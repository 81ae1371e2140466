/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c - memory of a tile, and its draws. */
#include "pricing/paths/paths.h"

#include "base/isa.h"

enum { N = TW_PATHS };

/* Rows of N doubles: draws of four kinds, paths, prices, the second price; and three numbers a step. */
size_t tw_paths_bytes(size_t steps) { return sizeof(double) * ((TW_DRAW_KINDS + 2) * (steps + 4) * N + N + 3 * steps); }

void tw_paths_memory(tw_paths_row *row, void *memory)
{
    const size_t tile = (row->steps + 4) * N;
    double *at = memory;
    for (int kind = 0; kind < TW_DRAW_KINDS; kind++, at += tile) row->z[kind] = at;
    row->x = at;
    row->price = at + tile;
    row->x2 = at + 2 * tile;
    row->dt = row->x2 + N;
    row->drift = row->dt + row->steps;
    row->spread = row->drift + row->steps;
}

/* Whether a row needs draws of a kind, and whether they are uniforms. */
static bool needs(const tw_paths_row *row, int kind, bool *uniforms)
{
    const bool jumps = row->model == TW_PATH_MERTON || row->model == TW_PATH_BATES;
    const bool moves = row->model == TW_PATH_HESTON || row->model == TW_PATH_BATES;
    *uniforms = kind == TW_DRAW_BETWEEN || kind == TW_DRAW_JUMP;
    switch (kind) {
    case TW_DRAW_BETWEEN: return row->between || moves;
    case TW_DRAW_JUMP: return jumps;
    case TW_DRAW_SECOND: return row->second || jumps;
    default: return true;
    }
}

void tw_paths_draw(tw_paths_row *row, uint64_t seed, uint64_t first)
{
    tw_draw_fn *normals = TW_ISA_PICK(row->isa, tw_paths_normals), *uniforms = TW_ISA_PICK(row->isa, tw_paths_uniforms);
    for (int kind = 0; kind < TW_DRAW_KINDS; kind++) {
        bool uniform;
        if (!needs(row, kind, &uniform)) continue;
        const tw_draws draws = {seed, first, (uint32_t)kind, row->steps};
        (uniform ? uniforms : normals)(&draws, row->z[kind]);
    }
}

void tw_paths_mirror(tw_paths_row *row)
{
    for (int kind = 0; kind < TW_DRAW_KINDS; kind++) {
        bool uniform;
        if (!needs(row, kind, &uniform)) continue;
        double *z = row->z[kind];
        for (size_t i = 0; i < row->steps * N; i++) z[i] = uniform ? 1.0 - z[i] : -z[i];
    }
}
