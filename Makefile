# SPDX-License-Identifier: GPL-2.0
# The way in; the work is done by scripts/ and selftests/. `make help` explains.
.PHONY: help run quick check cost results tree patches review bisect send next boot lint clean distclean
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# What may come from the command line or the environment; see help.
export ARCH ?= x86_64
export KTREE BASE TESTS VARIANT JOBS BUILD SIGNOFF
# Set empty is not set.
$(foreach v,KTREE BASE TESTS VARIANT JOBS BUILD SIGNOFF,$(if $($v),,$(eval unexport $v)))

BUILD_DIR := $(or $(BUILD),build)

help:
	@echo 'make run        packages, base kernel, tree, build, guest: ends with the table of results'
	@echo 'make quick      the same with tests of half a minute, for a change in one file'
	@echo 'make check      all tests: scripts, harness, reproductions on base and series, guest'
	@echo 'make cost       in instructions, of kernels without debugging: ordinary memory on base and series,'
	@echo '                migration to each kind of device memory'
	@echo 'make results    write the results in README, from the last make check and make cost'
	@echo 'make tree       make or update the kernel tree build/linux: the base as one commit,'
	@echo '                then one commit a patch on the branch "series". Work there.'
	@echo 'make patches    write patches/ and series back from the commits of build/linux'
	@echo 'make review     all checks of checks/, on each patch and on the series (hours, the first time;'
	@echo '                what passed is kept)'
	@echo 'make bisect     every prefix of the series builds, boots and passes its tests (the same)'
	@echo 'make send       the mails of the series, or of GROUP=name, in build/send: rehearsed with git'
	@echo '                send-email and b4, never sent. SIGNOFF=yes: with your Signed-off-by'
	@echo 'make next       VERSION=v2 [GROUP=name]: begin the next round: range-diff and change log'
	@echo 'make boot       the last built kernel again, with a shell'
	@echo 'make lint       shellcheck and other static checks'
	@echo 'make clean      remove what was built and the run folders; build/linux stays'
	@echo 'make distclean  remove build/ as a whole, unless there is work of yours in it'
	@echo 'make help       this'
	@echo
	@echo 'Variables:'
	@echo '  BASE=only     run: the base without the series, for comparison'
	@echo '  KTREE=/path   run, tree: the series on the HEAD of your own kernel git tree, which is'
	@echo '                only read (its clone is build/ktree)'
	@echo '  TESTS=NAME,.. run: only these tests of selftests/tests.list, for example memremap; shell'
	@echo '                patterns'
	@echo '  VARIANT=NAME  run, quick, boot: another machine, a file in selftests/variants:'
	@top=.; . scripts/lib.sh; variants $(ARCH) | paste -s -d ' ' | sed 's/^/                /'
	@echo '  ARCH=x86_64   the guest'"'"'s architecture: a file in selftests/arch'
	@echo '  GROUP=name    send, next: a group of the file series'
	@echo '  JOBS=N        compilers at once (as many as there are CPUs)'
	@echo '  BUILD=/path   where to work instead of build/'
	@echo
	@echo 'The base and the compiler cache are kept in ~/.cache/pgmap-series for all clones.'

run:
	@LIST= scripts/run

quick:
	@LIST=quick scripts/run

check:
	@scripts/check

cost:
	@scripts/cost

results:
	@scripts/results

tree:
	@scripts/packages
	@scripts/tree

patches:
	@scripts/patches

review:
	@scripts/packages --review
	@scripts/tree
	@checks/test --slow
	@scripts/review

bisect:
	@scripts/packages
	@scripts/tree
	@scripts/bisect

send:
	@scripts/packages
	@scripts/tree
	@scripts/send $(GROUP)

next:
	@scripts/next '$(VERSION)' $(GROUP)

boot:
	@test -s $(BUILD_DIR)/last-built || { echo 'error: nothing is built yet' >&2; echo '       make run builds it.' >&2; exit 2; }
	@selftests/guest -a $(ARCH) $(if $(VARIANT),-v $(VARIANT)) -n boot -o "$$(cat $(BUILD_DIR)/last-built)" -i

lint:
	@scripts/lint

clean:
	@scripts/clean

distclean:
	@scripts/clean --all
