# SPDX-License-Identifier: GPL-2.0
# The way in; the work is done by scripts/ and selftests/. `make help` explains.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The variables that each target takes. Help says it, and any other is refused.
run.takes := BASE KTREE TESTS CASE VARIANT FRAGMENT ARCH JOBS BUILD
quick.takes := $(filter-out CASE,$(run.takes))
check.takes := ARCH JOBS BUILD
cost.takes := JOBS BUILD
results.takes := BUILD
tree.takes := KTREE BUILD
patches.takes := BUILD
review.takes := JOBS BUILD
bisect.takes := JOBS BUILD
try.takes := COMMIT JOBS BUILD
alone.takes := GROUP BUILD
group.takes := GROUP BUILD
send.takes := GROUP SIGNOFF JOBS BUILD
next.takes := VERSION GROUP BUILD
boot.takes := VARIANT ARCH BUILD
lint.takes :=
clean.takes := BUILD
distclean.takes := BUILD
targets := run quick check cost results tree patches review bisect try alone group send next boot lint clean distclean help
variables := $(sort $(foreach t,$(targets),$($t.takes)))
.PHONY: $(targets)

# $(call taken,VARIABLE): the targets that take it
taken = $(strip $(foreach t,$(targets),$(if $(filter $1,$($t.takes)),$t)))
# $(call set,VARIABLES,ORIGIN): those that are set there; set empty is not set
set = $(foreach v,$1,$(if $(findstring $2,$(origin $v)),$(if $($v),$v)))
goals := $(or $(MAKECMDGOALS),help)
takes := $(foreach t,$(goals),$($t.takes))
# What is in the environment may be meant for others: it is left out, and said.
ifeq (,$(filter-out $(targets),$(goals)))
$(foreach v,$(filter-out $(takes),$(call set,$(.VARIABLES),command)),$(error make $(goals) does not take $v, \
	$(if $(call taken,$v),which is for: $(call taken,$v),and no other target does). make help names all variables))
$(foreach v,$(if $(filter-out help,$(goals)),$(filter-out $(takes),$(call set,$(variables),environment))),$(warning \
	make $(goals) does not take $v: that of the environment is not used))
endif
$(foreach v,$(variables),$(if $(and $($v),$(filter $v,$(takes))),$(eval export $v),$(eval unexport $v)))

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
	@echo '                what passed is kept). scripts/review [--fast] [PATTERN...]: a part of them'
	@echo 'make bisect     every prefix of the series builds, boots and passes its tests (the same)'
	@echo 'make try        COMMIT=name: one commit of build/linux does; scripts/try COMMIT LABEL [LIST [VARIANT]]:'
	@echo '                LIST of selftests/tests.list instead of "prefix", a VARIANT of the guest'
	@echo 'make alone      GROUP=name: the commits of a group on what it needs: "before last".'
	@echo '                scripts/alone GROUP [--list] [--from=DIR]: of each patch; of another version'
	@echo 'make group      GROUP=name: the patches of a group and of those it needs, in build/group, to'
	@echo '                apply them to a kernel tree'
	@echo 'make send       the mails of the series, or of GROUP=name, in build/send: rehearsed with git'
	@echo '                send-email and b4, never sent. SIGNOFF=yes: with your Signed-off-by'
	@echo 'make next       VERSION=v2 [GROUP=name]: begin the next round: range-diff and change log'
	@echo 'make boot       the last built kernel again, with a shell'
	@echo 'make lint       shellcheck and other static checks'
	@echo 'make clean      remove what was built, and the run folders; what stays: the trees (build/linux,'
	@echo '                linux-base, ktree), what review and bisect passed, costs, build/send, the cache'
	@echo 'make distclean  remove build/ as a whole, unless there is work of yours in it'
	@echo 'make help       this'
	@echo
	@echo 'Variables, and the targets that take them (no other does):'
	@echo '  BASE=only     the base without the series, for comparison (for $(call taken,BASE))'
	@echo '  KTREE=/path   the series on the HEAD of your own kernel git tree, which is only read (its'
	@echo '                clone is build/ktree) (for $(call taken,KTREE))'
	@echo '  TESTS=NAME,.. only these tests of selftests/tests.list, for example memremap; shell patterns'
	@echo '                (for $(call taken,TESTS); quick has those of its list)'
	@echo '  CASE=NAME,..  of TESTS=memremap or another one of kselftest_harness.h only these cases, for example'
	@echo '                life_cycle_two_ranges, or as results name one: memremap.host_wt_ram.life_cycle_two_ranges'
	@echo '                (for $(call taken,CASE))'
	@echo '  VARIANT=NAME  another machine, a file in selftests/variants (for $(call taken,VARIANT)):'
	@echo '                $(sort $(basename $(notdir $(wildcard selftests/variants/*.conf))))'
	@echo '  FRAGMENT=NAME kernel-config/NAME.config on top of the configuration (for $(call taken,FRAGMENT))'
	@echo '  ARCH=x86_64   the guest'"'"'s architecture: a file in selftests/arch (for $(call taken,ARCH))'
	@echo '  COMMIT=name   a commit of build/linux (for $(call taken,COMMIT))'
	@echo '  GROUP=name    a group of the file series (for $(call taken,GROUP))'
	@echo '  VERSION=v2    the next one (for $(call taken,VERSION))'
	@echo '  SIGNOFF=yes   your Signed-off-by (for $(call taken,SIGNOFF))'
	@echo '  JOBS=N        compilers at once, as many as there are CPUs'
	@echo '                (for $(call taken,JOBS))'
	@echo '  BUILD=/path   where to work instead of build/; a relative one is relative to this folder'
	@echo '                (for $(call taken,BUILD))'
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
	@scripts/arguments
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

try:
	@scripts/arguments COMMIT
	@scripts/packages
	@scripts/try "$$COMMIT" commit

alone:
	@scripts/alone "$$GROUP"

group:
	@scripts/arguments GROUP
	@scripts/tree
	@scripts/group "$$GROUP"

send:
	@scripts/arguments
	@scripts/packages
	@scripts/tree
	@scripts/send $${GROUP:+"$$GROUP"}

next:
	@scripts/arguments
	@scripts/next "$$VERSION" $${GROUP:+"$$GROUP"}

boot:
	@selftests/guest $${ARCH:+-a "$$ARCH"} $${VARIANT:+-v "$$VARIANT"} -n boot -i

lint:
	@scripts/lint

clean:
	@scripts/clean

distclean:
	@scripts/clean --all
