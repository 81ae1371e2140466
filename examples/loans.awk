# SPDX-License-Identifier: Apache-2.0
# 2,000 made-up loans as CSV: awk -f examples/loans.awk > loans.csv
# Those default whose debt is large beside their income, more so in the west; one in twenty does not tell the debt.
BEGIN {
    seed = 7
    print "id,income,debt,region,default"
    for (i = 1; i <= 2000; i++) {
        for (k = 1; k <= 4; k++) {
            seed = seed * 16807 % 2147483647
            u[k] = seed / 2147483647
        }
        region = u[3] < 0.3 ? "north" : u[3] < 0.7 ? "south" : "west"
        risk = u[2] / (0.2 + u[1]) + (region == "west" ? 0.5 : 0) + u[4]
        debt = u[2] < 0.05 ? "NA" : sprintf("%.0f", 20000 * u[2])
        printf "%d,%.0f,%s,%s,%s\n", i, 20000 + 60000 * u[1], debt, region, (risk > 1.8 ? "yes" : "no")
    }
}
