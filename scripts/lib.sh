# SPDX-License-Identifier: GPL-2.0
# Sourced by the scripts: where things are, how they speak and how they fail.
# shellcheck shell=sh disable=SC2034	# the variables are for those who source it

# a script that lies deeper sets $top before it sources this
: "${top:=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}"
build=${BUILD:-$top/build}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pgmap-series

# KTREE=/path works on somebody's own kernel: a place of its own for all that is
# made of it. The tree lies there as it does in $build ("../../linux" seen from
# its output folder), so that ccache has what it compiled for the base.
work=$build
[ -z "${KTREE-}" ] || work=$build/ktree

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

say() { printf '%s\n' "$*"; }

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

# The time of each step since `: > $build/steps`
step_times() {
	awk -F'\t' '{ printf "   %-28s %3d:%02d\n", $1, $2 / 60, $2 % 60; sum += $2 }
		END { printf "   %-28s %3d:%02d\n", "total", sum / 60, sum % 60 }' "$build/steps"
}

# A line every 15 seconds while something long runs: watch_start COMMAND..., which
# prints what is to be said after the time, and watch_stop. The sleep holds no file
# and no lock open, so that nobody waits for it.
watcher=
watch_start() {
	(
		seconds=0
		while sleep 15 > /dev/null 2>&1 8>&- 9>&-; do
			seconds=$((seconds + 15))
			printf '   %d:%02d  %s\n' $((seconds / 60)) $((seconds % 60)) "$("$@")"
		done
	) 8>&- 9>&- &
	watcher=$!
}
watch_stop() {
	[ -n "$watcher" ] || return 0
	# KILL: a subshell that has just begun can lose a signal that our trap names.
	kill -KILL "$watcher" 2> /dev/null || :
	wait "$watcher" 2> /dev/null || :
	watcher=
}

# The variants that the guest of an architecture has: variants ARCH
variants() {
	for conf in "$top"/selftests/variants/*.conf; do
		! grep -qsw "^ARCHS=.*$1" "$conf" || basename "$conf" .conf
	done
}

# need_variant NAME ARCH: is it one of them?
need_variant() {
	variants "$2" | grep -qxF -e "$1" ||
		die $E_USAGE "VARIANT=$1 is not known for $2" "Known: $(variants "$2" | paste -s -d ' ')"
}

# Reads a kernel's Makefile on stdin: "7.3 7.3.4-rc1"
kernel_version() {
	awk -F' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *=/ { v[$1] = $2 }
		$1 == "NAME" { exit }
		END { if (v["VERSION"] != "") print v["VERSION"] "." v["PATCHLEVEL"],
			v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] v["EXTRAVERSION"] }'
}

# Nothing of the user's own git configuration (nor of a git hook that called us)
# may change what the scripts make.
plain_git() {
	# shellcheck disable=SC2046	# a list of names
	unset $(git rev-parse --local-env-vars)
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_ATTR_NOSYSTEM=1
	export GIT_TERMINAL_PROMPT=0 LC_ALL=C
}

# The parsed `series`: "patch<TAB>strip<TAB>group" a line.
read_series() {
	[ -f "$top/series" ] || return 0
	awk '
	/^# group:/ {
		sub(/^# group:[ \t]*/, ""); sub(/[ \t]+$/, "")
		group = $0; next
	}
	/^#/ || /^[ \t]*$/ { next }
	{
		sub(/[ \t]+#.*/, "")
		strip = $2 ~ /^-p[0-9]+$/ ? $2 : "-p1"
		printf "%s\t%s\t%s\n", $1, strip, group
	}' "$top/series"
}

# One number for series and all patches in it: did anything change?
series_inputs() {
	read_series | while IFS='	' read -r name strip group; do
		echo "$name $strip Group: $group"
		cat "$top/patches/$name" 2> /dev/null || echo missing
	done | sha256sum | cut -d' ' -f1
}

# The parsed `groups`: "name<TAB>line of what it has", the first line of each being empty.
read_groups() {
	[ -f "$top/groups" ] || return 0
	awk '
	/^#/ || /^[ \t]*$/ { next }
	/^[ \t]/ { sub(/^[ \t]+/, ""); print name "\t" $0; next }
	{ name = $1; print name "\t" }' "$top/groups"
}

# A line for each patch of the series in $tree: "commit TAB file TAB group TAB last", the
# end being empty for those that another one of the same group follows.
series_commits() {
	git -C "${tree:?}" rev-list --reverse base..series > "${tmp:?}/commits" ||
		die $E_BASE "${tree#"$top/"} has no branches base and series" "make tree makes them."
	read_series | cut -f1,3 > "${tmp:?}/names"
	[ "$(wc -l < "$tmp/names")" = "$(wc -l < "$tmp/commits")" ] ||
		die $E_APPLY "the series has $(wc -l < "$tmp/names") patches and the tree $(wc -l < "$tmp/commits") commits" \
			"make patches, or make tree, brings them together."
	paste "$tmp/commits" "$tmp/names" | awk -F'\t' -v OFS='\t' '
		NR > 1 { print line, group != $3 ? "last" : "" }
		{ line = $0; group = $3 }
		END { if (NR) print line, "last" }'
}
