/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/base.h"

#include <string.h>

static const char *const names[TW_ISA_COUNT + 1] = {"best", "baseline", "avx2", "avx512", NULL};

#if defined(TW_HAVE_X86_PATHS)
/* The kernels are compiled for the x86-64 levels v3 and v4, so every feature group of the level counts; the builtin
 * also asks the system whether it saves the wide registers. */
static bool has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#else
static bool has_avx2(void) { return false; }
static bool has_avx512(void) { return false; }
#endif

bool tw_isa_supported(tw_isa isa)
{
    switch (isa) {
    case TW_ISA_BEST:
    case TW_ISA_BASELINE: return true;
    case TW_ISA_AVX2: return has_avx2();
    case TW_ISA_AVX512: return has_avx512();
    case TW_ISA_COUNT: break;
    }
    return false;
}

tw_isa tw_isa_resolve(tw_isa wanted)
{
    if (wanted != TW_ISA_BEST && tw_isa_supported(wanted)) return wanted;
    if (has_avx512()) return TW_ISA_AVX512;
    return has_avx2() ? TW_ISA_AVX2 : TW_ISA_BASELINE;
}

const char *tw_isa_name(tw_isa isa) { return (unsigned)isa < TW_ISA_COUNT ? names[isa] : "unknown"; }

tw_status tw_isa_parse(const char *text, tw_isa *isa, tw_error *err)
{
    for (int i = 0; i < TW_ISA_COUNT; i++) {
        if (strcmp(text, names[i]) != 0) continue;
        if (!tw_isa_supported((tw_isa)i))
            return tw_fail(err, TW_UNSUPPORTED, "isa: this machine does not run '%s'; its best is '%s'", text,
                           tw_isa_name(tw_isa_resolve(TW_ISA_BEST)));
        *isa = (tw_isa)i;
        return TW_OK;
    }
    const char *near = tw_did_you_mean(text, names);
    return tw_fail(err, TW_BAD_VALUE, "isa: must be one of best|baseline|avx2|avx512, got '%s'%s%s%s", text,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}
