# The front door: everything a person needs, on top of Meson. `make help` lists it.
BUILD      ?= build
PREFIX     ?= /usr/local
FUZZ_TIME  ?= 60
BENCH_ARGS ?=

.PHONY: all help run check bench fuzz install release clean
.SILENT: help

all: $(BUILD)/build.ninja
	ninja -C $(BUILD) muster muster-fetch muster-clone

help:
	echo "make          the optimised program at $(BUILD)/muster"
	echo "make run      install what is missing, build, scan this machine, ask where xz is"
	echo "make check    install what the tests need, build with sanitizers, run every test"
	echo "make bench    measure, each figure beside a peer or the physical limit"
	echo "make fuzz     run every fuzz target for FUZZ_TIME=$(FUZZ_TIME) seconds (needs clang)"
	echo "make install  program, man pages and shell completion below PREFIX=$(PREFIX)"
	echo "make release  optimised, LTO, hardened, at build-release/muster"

$(BUILD)/build.ninja: | packages-build
	meson setup $(BUILD) --buildtype=release --prefix=$(PREFIX)

.PHONY: packages-build packages-check
packages-build:
	tools/packages build
packages-check:
	tools/packages build check

run: all
	tools/run $(BUILD)/muster

check: packages-check
	[ -f build-check/build.ninja ] || meson setup build-check -Db_sanitize=address,undefined -Db_lundef=false
	-tools/material build-check/material
	tools/check.py build-check

bench: all
	ninja -C $(BUILD)
	tools/bench.py $(BUILD) $(BENCH_ARGS)

fuzz: packages-check
	[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzzers=true -Db_sanitize=address,undefined -Db_lundef=false
	tools/fuzz $(FUZZ_TIME)

install: all
	meson install -C $(BUILD)

release: packages-build
	[ -f build-release/build.ninja ] || meson setup build-release --buildtype=release -Db_lto=true -Db_pie=true --prefix=$(PREFIX)
	ninja -C build-release muster muster-fetch muster-clone

clean:
	rm -rf build build-check build-fuzz build-release
