# SPDX-License-Identifier: GPL-2.0
# Sourced by the harness's own tests: TAP, and a guest whose exit code and words are checked.
# shellcheck shell=sh disable=SC2034	# the variables are for those who source it

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
selftests=$(dirname "$here")
# shellcheck source=../../scripts/lib.sh
. "$selftests/../scripts/lib.sh"
real_build=${BUILD:-$top/build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
BUILD=$work/build
export BUILD
number=0
failed=0

# result OK NAME: prints it; what $work/said holds explains a failure
result() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number $2"
	else
		echo "not ok $number $2"
		failed=$((failed + 1))
		sed 's/^/# /' "$work/said"
	fi
}

# expect CODE WORDS NAME COMMAND...: exit code, and words (a grep pattern) in what it says
expect() {
	want=$1 words=$2 name=$3
	shift 3
	got=0
	"$@" > "$work/said" 2>&1 || got=$?
	ok=0
	if [ "$got" != "$want" ]; then
		ok=1
		echo "exit code $got instead of $want" >> "$work/said"
	elif [ -n "$words" ] && ! grep -q -e "$words" "$work/said"; then
		ok=1
		echo "does not say: $words" >> "$work/said"
	fi
	result $ok "$name"
}

done_testing() {
	echo "1..$number"
	[ "$failed" = 0 ]
}
