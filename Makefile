# SPDX-License-Identifier: Apache-2.0
# The thin front door; `make help` names the targets. The build itself is CMake's (CMakePresets.json).
.DEFAULT_GOAL := help
.PHONY: help demo check gates check-arm asan tsan clang release bench fuzz generate install clean \
  build/setup build/setup-web
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
CTEST = ctest --output-on-failure -j $(JOBS) --test-dir
# The thread sanitizer of gcc 12 cannot place its shadow where addresses are widely randomised.
STILL = $(shell setarch -R true 2> /dev/null && echo setarch -R)
# Tests that start a pool are those worth watching for races: tests/unit/base/pool_test.c -> test.unit.base.pool
THREADED = $(shell grep -lE 'tw_pool_new|pthread_create' tests/*/*/*_test.c | sed -E 's,^tests/([a-z]+)/([a-z]+)/(.*)_test\.c$$,\1.\2.\3,')

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s%s\n", $$1, $$2}'

demo: build/setup ## the main job on a simulated market; prints the leaderboard and the report's path
	@cmake --preset release > build/release.log || { cat build/release.log; exit 1; }
	cmake --build build/release -j $(JOBS) --target tradewind
	build/release/tradewind run examples/demo.yaml

# The whole suite comes last, so that the last line printed is ctest's own.
check: build/setup-web gates clang tsan asan release ## every gate, build and test
	@$(CTEST) build/release

# What needs no build comes first.
gates: build/setup ## layers, shape, headers, format, lint, generated files
	tools/check_layers
	tools/metrics --check
	tools/check_headers
	tools/check_format
	@$(MAKE) release
	tools/check_tidy -j $(JOBS)
	tools/generate --check
	@tools/check_web || test $$? -eq 77

release: build/setup
	@cmake --preset release > build/release.log || { cat build/release.log; exit 1; }
	cmake --build build/release -j $(JOBS)

clang: build/setup
	@cmake --preset clang > build/clang.log || { cat build/clang.log; exit 1; }
	cmake --build build/clang -j $(JOBS)

asan: build/setup ## every test under the address and undefined-behaviour sanitizers
	@cmake --preset asan > build/asan.log || { cat build/asan.log; exit 1; }
	cmake --build build/asan -j $(JOBS)
	$(CTEST) build/asan

tsan: build/setup ## the tests that start threads under the thread sanitizer
	@cmake --preset tsan > build/tsan.log || { cat build/tsan.log; exit 1; }
	cmake --build build/tsan -j $(JOBS) --target $(addprefix test.,$(THREADED))
	$(STILL) $(CTEST) build/tsan -R '^($(shell echo $(THREADED) | sed 's/\./[.]/g; s/ /|/g'))$$'

check-arm: ## cross-build the floors for aarch64 and run their unit tests under qemu
	@mkdir -p build
	tools/setup --no-web --arm
	@cmake --preset arm > build/arm.log || { cat build/arm.log; exit 1; }
	cmake --build build/arm -j $(JOBS)
	$(CTEST) build/arm

bench: build/setup ## build and run the benchmarks; JSON lines to build/bench/results
	@cmake --preset bench > build/bench.log || { cat build/bench.log; exit 1; }
	cmake --build build/bench -j $(JOBS)
	bench/run.sh build/bench

fuzz: ## run every fuzz program for FUZZ_SECONDS (60)
	@mkdir -p build
	tools/setup --no-web --fuzz
	@cmake --preset fuzz -DTW_FUZZ_SECONDS=$(FUZZ_SECONDS) > build/fuzz.log || { cat build/fuzz.log; exit 1; }
	cmake --build build/fuzz -j $(JOBS)
	cmake --build build/fuzz --target fuzz

generate: release ## write the files that are made from others
	tools/generate

install: release ## headers, libraries and the program to PREFIX (/usr/local)
	cmake --install build/release --prefix $(PREFIX)

clean: ## remove what was built
	rm -rf build

# Asks the package database each time (10 ms when nothing is missing).
build/setup:
	@mkdir -p build
	@tools/setup --no-web

build/setup-web:
	@tools/setup
