// SPDX-License-Identifier: Apache-2.0
// closed_peer.cpp - what QuantLib needs for the jobs of bench.pricing: nanoseconds an option, median of seven turns, JSON lines.
//     g++ -O2 -o closed_peer bench/pricing/closed_peer.cpp -lQuantLib
#include <ql/exercise.hpp>
#include <ql/instruments/barrieroption.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/barrier/analyticbarrierengine.hpp>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>
#include <ql/pricingengines/vanilla/analyticeuropeanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>
#include <ql/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

using namespace QuantLib;

static double now()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return 1e9 * double(t.tv_sec) + double(t.tv_nsec);
}

static void report(const char *name, int n, const std::function<double(int)> &job)
{
    std::vector<double> ns;
    double sum = 0.0;
    for (int turn = 0; turn < 7; turn++) {
        const double start = now();
        for (int i = 0; i < n; i++) sum += job(i);
        ns.push_back((now() - start) / n);
    }
    std::sort(ns.begin(), ns.end());
    std::printf("{\"bench\":\"pricing\",\"name\":\"%s\",\"peer\":\"QuantLib %s\",\"ns\":%.1f,\"ns_low\":%.1f,\"ns_high\":%.1f,"
                "\"check\":%.6g}\n", name, QL_VERSION, ns[3], ns[1], ns[5], sum);
}

int main()
{
    const Date today(2, January, 2024);
    Settings::instance().evaluationDate() = today;
    const Actual365Fixed days;
    auto spot = ext::make_shared<SimpleQuote>(100.0);
    auto flat = [&](double r) { return Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, r, days)); };
    Handle<BlackVolTermStructure> vol(ext::make_shared<BlackConstantVol>(today, NullCalendar(), 0.2, days));
    auto process = ext::make_shared<BlackScholesMertonProcess>(Handle<Quote>(spot), flat(0.02), flat(0.05), vol);
    auto engine = ext::make_shared<AnalyticEuropeanEngine>(process);
    auto barrier = ext::make_shared<AnalyticBarrierEngine>(process);
    auto exercise = ext::make_shared<EuropeanExercise>(today + 365);
    const auto strike = [](int i) { return 70.0 + 60.0 * ((i * 37) % 101) / 100.0; };
    report("european, new option + 5 greeks", 4000, [&](int i) {
        VanillaOption option(ext::make_shared<PlainVanillaPayoff>(i % 2 ? Option::Call : Option::Put, strike(i)), exercise);
        option.setPricingEngine(engine);
        return option.NPV() + option.delta() + option.gamma() + option.vega() + option.theta() + option.rho();
    });
    report("european, BlackCalculator + 5 greeks", 20000, [&](int i) {
        BlackCalculator c(i % 2 ? Option::Call : Option::Put, strike(i), 103.0, 0.2, 0.95);
        return c.value() + c.delta(100.0) + c.gamma(100.0) + c.vega(1.0) + c.theta(100.0, 1.0) + c.rho(1.0);
    });
    std::vector<double> price;
    for (int i = 0; i < 101; i++)
        price.push_back(blackFormula(strike(i) > 103.0 ? Option::Call : Option::Put, strike(i), 103.0, 0.2, 0.95));
    report("implied volatility, LiRS 1e-12", 20000, [&](int i) {
        const double k = strike(i % 101);
        return blackFormulaImpliedStdDevLiRS(k > 103.0 ? Option::Call : Option::Put, k, 103.0, price[i % 101], 0.95, 0.0, Null<Real>(),
                                             1.0, 1e-12, 100);
    });
    report("barrier, new option", 4000, [&](int i) {
        BarrierOption option(Barrier::DownOut, 85.0, 0.0, ext::make_shared<PlainVanillaPayoff>(Option::Call, strike(i)), exercise);
        option.setPricingEngine(barrier);
        return option.NPV();
    });
    return 0;
}
