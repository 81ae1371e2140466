#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The indicators that have a twin in indicators.py against it, on the bars of operators_test.py. Standard library only."""
import sys

import operators_test

if __name__ == "__main__":
    sys.exit(operators_test.main(alone=True))
