#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Options under heston, bates, merton76 and variance_gamma to 40 digits: tests/golden/pricing/transform.csv.

Lewis' integral up Re z = 1/2 by mpmath's quadrature; slopes of the exponent in T and in volatility by central
differences at 60 digits. Needs mpmath (made with 1.3.0). Usage: transform.py > tests/golden/pricing/transform.csv
"""
import random

import mpmath as mp

mp.mp.dps = 50
M = mp.mpf


def psi_heston(z, T, v, sv):
    v0, kappa, theta, sigma, rho = sv * sv, v["kappa"], v["theta_v"], v["sigma_v"], v["rho_v"]
    beta, m = kappa - rho * sigma * z, z * z - z
    d = mp.sqrt(beta * beta - sigma**2 * m)
    g, e = (beta - d) / (beta + d), mp.exp(-d * T)
    C = kappa * theta / sigma**2 * ((beta - d) * T - 2 * mp.log((1 - g * e) / (1 - g)))
    return C + v0 / sigma**2 * (beta - d) * (1 - e) / (1 - g * e)


def jumps(z, T, v):
    mean, var = v["jump_mean"], v["jump_vol"] ** 2
    return v["jump_rate"] * T * (mp.exp(mean * z + var * z * z / 2) - 1 - z * (mp.exp(mean + var / 2) - 1))


def psi(model, z, T, v, vol):
    if model == "heston":
        return psi_heston(z, T, v, vol)
    if model == "bates":
        return psi_heston(z, T, v, vol) + jumps(z, T, v)
    if model == "merton76":
        return vol * vol * T / 2 * (z * z - z) + jumps(z, T, v)
    nu, drift = v["vg_rate"], v["vg_drift"]
    one = mp.log(1 - nu * (drift + vol * vol / 2))
    return T / nu * (z * one - mp.log(1 - nu * (drift * z + vol * vol * z * z / 2)))


def price(model, instrument, w, v):
    """value, delta, gamma, vega, theta"""
    S, K, r, q, T = (M(v[n]) for n in ("spot", "strike", "r", "q", "T"))
    v = {name: M(x) for name, x in v.items()}
    vol = mp.sqrt(v["v0"]) if "v0" in v else v["vol"]
    k, h = mp.log(K / S) - (r - q) * T, M(10) ** -15
    pay = {"european": lambda z: 1, "digital_cash": lambda z: (z - 1) / K, "digital_asset": lambda z: z}[instrument]

    def parts(y):
        z = mp.mpc(M(1) / 2, y)
        at = psi(model, z, T, v, vol)
        by_T = (psi(model, z, T + h, v, vol) - psi(model, z, T - h, v, vol)) / (2 * h)
        by_vol = (psi(model, z, T, v, vol + h) - psi(model, z, T, v, vol - h)) / (2 * h)
        g = mp.exp(at + k * (1 - z)) / (z * (z - 1)) * pay(z)
        return [(g * x).real for x in (1, z, z * (z - 1), by_vol, by_T + (r - q) * z - r)]

    end = M(1)
    while abs(mp.exp(psi(model, mp.mpc(0.5, end), T, v, vol))) > M(10) ** -32 and end < 2**17:
        end *= 2
    cuts, at = [M(0)], M(1) / 8
    while at <= end:
        cuts.append(at)
        at *= 2
    pieces = []
    for a, b in zip(cuts, cuts[1:]):
        n = max(1, int(abs(k) * (b - a) / 30))
        pieces += [(a + (b - a) * i / n, a + (b - a) * (i + 1) / n) for i in range(n)]
    sums = [M(0)] * 5
    for a, b in pieces:  # Gauss-Legendre of 40 points
        for x, weight in NODES:
            got = parts((a + b) / 2 + (b - a) / 2 * x)
            sums = [s + weight * (b - a) / 2 * x for s, x in zip(sums, got)]
    value, delta, gamma, vega, theta = (s / mp.pi for s in sums)
    dq, df = mp.exp(-q * T), mp.exp(-r * T)
    fwd, bond = S * dq, K * df
    out = [fwd * value, dq * delta, dq * gamma / S, fwd * vega, -fwd * theta]
    # The integral on this line is the call less the asset; of cash the call itself; of assets less the asset too.
    if instrument == "european":
        out[0] += fwd if w > 0 else bond
        out[1] += dq if w > 0 else 0
        out[4] += q * fwd if w > 0 else r * bond
    elif instrument == "digital_cash":
        if w < 0:
            out = [-x for x in out]
            out[0] += df
            out[4] += r * df
    else:
        if w > 0:
            out[0] += fwd
            out[1] += dq
            out[4] += q * fwd
        else:
            out = [-x for x in out]
    return out


def legendre(n):
    nodes = []
    for i in range(n):
        x = mp.cos(mp.pi * (i + M(3) / 4) / (n + M(1) / 2))
        for _ in range(12):
            p0, p1 = M(1), x
            for j in range(2, n + 1):
                p0, p1 = p1, ((2 * j - 1) * x * p1 - (j - 1) * p0) / j
            slope = n * (x * p1 - p0) / (x * x - 1)
            x -= p1 / slope
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return nodes


NODES = legendre(30)
COLUMNS = ["spot", "strike", "r", "q", "T", "vol", "v0", "kappa", "theta_v", "sigma_v", "rho_v", "jump_rate",
           "jump_mean", "jump_vol", "vg_drift", "vg_rate"]


def cases():
    draw = random.Random(20240102)
    usual = {"v0": 0.04, "kappa": 1.5, "theta_v": 0.04, "sigma_v": 0.3, "rho_v": -0.7}
    wild = [{"v0": 0.01, "kappa": 0.5, "theta_v": 0.02, "sigma_v": 1.1, "rho_v": -0.9},
            {"v0": 0.09, "kappa": 3.0, "theta_v": 0.05, "sigma_v": 0.6, "rho_v": 0.5},
            {"v0": 0.3, "kappa": 0.2, "theta_v": 0.1, "sigma_v": 0.05, "rho_v": 0.0},
            {"v0": 0.04, "kappa": 1.0, "theta_v": 0.05, "sigma_v": 1e-4, "rho_v": -0.3},
            {"v0": 0.04, "kappa": 0.0, "theta_v": 0.05, "sigma_v": 0.4, "rho_v": -0.5},
            {"v0": 0.0, "kappa": 2.0, "theta_v": 0.06, "sigma_v": 0.3, "rho_v": -0.5}]
    jump = {"jump_rate": 0.7, "jump_mean": -0.12, "jump_vol": 0.18}
    models = [("heston", usual)] * 3 + [("heston", w) for w in wild] + [("bates", {**usual, **jump})]
    models += [("bates", {**wild[0], **jump}), ("merton76", {"vol": 0.17, **jump})]
    models += [("merton76", {"vol": 0.08, "jump_rate": 4.0, "jump_mean": 0.02, "jump_vol": 0.05})]
    models += [("variance_gamma", {"vol": 0.18, "vg_drift": -0.14, "vg_rate": 0.2})]
    for model, parameters in models:
        for instrument in ("european", "european", "digital_cash", "digital_asset"):
            T = draw.choice([7 / 365, 0.25, 1.0, 3.0]) if model != "variance_gamma" else draw.choice([1.5, 3.0])
            deep = draw.choice([0.5, 1.0, 2.5])
            strike = round(100 * float(mp.exp(deep * 0.25 * T**0.5 * draw.uniform(-1, 1))), 3)
            yield model, instrument, draw.choice([1, -1]), {"spot": 100.0, "strike": strike, "r": 0.031, "q": 0.012,
                                                             "T": T, **parameters}


def main():
    print("# tests/golden/make/transform.py: mpmath 50 digits. model,instrument,type," + ",".join(COLUMNS) +
          ",value,delta,gamma,vega,theta")
    for model, instrument, w, v in cases():
        out = price(model, instrument, w, v)
        row = [repr(v[c]) if c in v else "" for c in COLUMNS]
        print(",".join([model, instrument, str(w)] + row + [mp.nstr(x, 18) for x in out]), flush=True)


if __name__ == "__main__":
    main()
