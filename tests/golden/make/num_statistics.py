# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/num/statistics_golden.h: statistics, ranks and a least-squares fit of awkward samples by
numpy, scipy and statsmodels (versions in the file). Run from the repository root."""
import numpy, scipy, scipy.stats as st, statsmodels, statsmodels.api as sm

rng = numpy.random.default_rng(2385)
n = 157
x = 100 + 0.01 * rng.standard_t(4, n)  # far from 0: textbook one-pass formulas lose here
y = 2.385 - 0.7 * x + 0.008 * rng.standard_normal(n)
ties = numpy.round(rng.standard_normal(n) * 3) / 8

design = numpy.column_stack([numpy.ones(n), x - 100, (x - 100) ** 2, ties])
beta = numpy.linalg.lstsq(design, y, rcond=None)[0]
hac = sm.OLS(ties, numpy.ones(n)).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False})

scalars = {
    "sum_x": numpy.sum(x.astype(numpy.longdouble)),
    "mean_x": numpy.mean(x.astype(numpy.longdouble)),
    "var_x": numpy.var(x.astype(numpy.longdouble)),
    "var1_ties": numpy.var(ties, ddof=1),
    "skew_x": st.skew(x),
    "kurt_x": st.kurtosis(x, fisher=False),
    "skew_ties": st.skew(ties),
    "kurt_ties": st.kurtosis(ties, fisher=False),
    "corr_xy": st.pearsonr(x, y)[0],
    "corr_x_ties": st.pearsonr(x, ties)[0],
    "spearman_xy": st.spearmanr(x, y)[0],
    "spearman_x_ties": st.spearmanr(x, ties)[0],
    "q2385_x": numpy.quantile(x, 0.2385),
    "q99_ties": numpy.quantile(ties, 0.99),
    "median_x": numpy.median(x),
    "newey_west5_ties": float(hac.bse[0]) ** 2,
}


def array(name, v):
    body = ",\n    ".join(", ".join(float(a).hex() for a in v[i:i + 4]) for i in range(0, len(v), 4))
    return f"static const double golden_{name}[] = {{\n    {body}}};\n"


with open("tests/golden/num/statistics_golden.h", "w") as f:
    f.write("/* SPDX-License-Identifier: Apache-2.0 */\n")
    f.write(f"/* Made by tests/golden/make/num_statistics.py with numpy {numpy.__version__}, scipy {scipy.__version__}, "
            f"statsmodels {statsmodels.__version__}. */\n")
    f.write("/* clang-format off */\n")
    f.write(f"enum {{ GOLDEN_N = {n} }};\n")
    for name, v in (("x", x), ("y", y), ("ties", ties), ("rank_ties", st.rankdata(ties)), ("beta", beta)):
        f.write(array(name, v))
    for name, v in scalars.items():
        f.write(f"static const double golden_{name} = {float(v)!r};\n")
