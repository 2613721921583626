# SPDX-License-Identifier: GPL-2.0
# Sourced by the scripts: where things are, how they speak and how they fail.
# shellcheck shell=sh disable=SC2034	# the variables are for those who source it

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=${BUILD:-$top/build}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pgmap-series

# Exit codes, one for each thing that can be wrong (Documentation/testing.rst).
E_TEST=1	# a test failed
E_USAGE=2	# bad argument
E_TOOL=10	# a package or tool is missing
E_DOWNLOAD=11	# the base cannot be had, or is not what it should be
E_BASE=12	# not a kernel tree that the series is for
E_DIRTY=13	# somebody's work would be lost
E_APPLY=14	# a patch does not apply
E_CONFIG=15	# a config option asked for is not in the final .config
E_BUILD=16	# the kernel or a test does not build
E_LOST=20	# the guest ended without a verdict
E_PANIC=21	# the guest panicked
E_HANG=22	# the guest said nothing for too long, or never ended
E_SPLAT=23	# the kernel complained (WARN, BUG, lockdep, ...)
E_KTAP=24	# the guest's results are not valid KTAP
E_BUSY=25	# another guest or build is running

say() {
	printf '%s\n' "$*"
}

# die CODE WHAT-IS-WRONG [WHAT-TO-DO]
die() {
	printf 'error: %s\n' "$2" >&2
	[ -z "${3-}" ] || printf '       %s\n' "$3" >&2
	exit "$1"
}

# step NAME COMMAND...: run it, and keep how long it took for the closing table
step() {
	step_name=$1
	shift
	step_start=$(date +%s)
	printf '== %s\n' "$step_name"
	step_rc=0
	"$@" || step_rc=$?
	mkdir -p "$build"
	printf '%s\t%d\n' "$step_name" $(($(date +%s) - step_start)) >> "$build/steps"
	return $step_rc
}
