/* SPDX-License-Identifier: Apache-2.0 */
/* isa.h - names of kernels that are compiled once per instruction set (every .c of src/<folder>/kernels). */
#ifndef TW_BASE_ISA_H
#define TW_BASE_ISA_H

/* In a kernel source TW_ISA_SUFFIX is _baseline, _avx2 or _avx512: TW_ISA_NAME(foo) is foo_avx512 there. */
#define TW_ISA_JOIN2(a, b) a##b
#define TW_ISA_JOIN(a, b) TW_ISA_JOIN2(a, b)
#define TW_ISA_NAME(name) TW_ISA_JOIN(name, TW_ISA_SUFFIX)

/* Doubles that a register holds, in a kernel source. */
#if defined(__AVX512F__)
enum { TW_ISA_DOUBLES = 8 };
#elif defined(__AVX2__)
enum { TW_ISA_DOUBLES = 4 };
#else
enum { TW_ISA_DOUBLES = 2 };
#endif

/* The copy of `name` for `isa` (resolved): TW_ISA_PICK(isa, tw_op_table). Falls back to baseline off x86. */
#if defined(TW_HAVE_X86_PATHS)
#define TW_ISA_PICK(isa, name)                                                                                         \
    ((isa) == TW_ISA_AVX512 ? name##_avx512 : (isa) == TW_ISA_AVX2 ? name##_avx2 : name##_baseline)
#else
#define TW_ISA_PICK(isa, name) (name##_baseline)
#endif

#endif
