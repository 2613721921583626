# SPDX-License-Identifier: GPL-2.0
# Sourced by the scripts: where things are, how they speak and how they fail.
# shellcheck shell=sh disable=SC2034	# the variables are for those who source it

# whatever the environment calls top; the script may lie a folder deeper
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
[ -f "$top/scripts/lib.sh" ] || top=${top%/*}
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
E_PLACE=17	# a folder cannot be used: its name, its rights, or no room on its disk
E_LOST=20	# the guest ended without a verdict
E_PANIC=21	# the guest panicked
E_HANG=22	# the guest said nothing for too long, or never ended
E_SPLAT=23	# the kernel complained (WARN, BUG, lockdep, ...)
E_KTAP=24	# the guest's results are not valid KTAP
E_BUSY=25	# another run works here, or a guest or build was waited for in vain

say() { printf '%s\n' "$*"; }

# die CODE WHAT-IS-WRONG [WHAT-TO-DO]
die() {
	printf 'error: %s\n' "$2" >&2
	[ -z "${3-}" ] || printf '       %s\n' "$3" >&2
	exit "$1"
}

# --- where we work -------------------------------------------------------------

# need_name FOLDER WHAT ADVICE: can make, the kernel's build and QEMU have it in their
# command lines? It is the name without symbolic links that they see.
need_name() {
	case $(realpath -m -- "$1") in
	*[[:space:][:cntrl:]]* | *[]\[:,\;\#%\$\&*?\(\)\<\>\|!{}\"\`\'\\]*)
		die $E_PLACE "$2 has a character in its name that make or the kernel's build cannot have: $1" \
			"$3 Letters, digits and . _ - + @ are fine." ;;
	esac
}

# need_writable FOLDER ADVICE: make it, and try
need_writable() {
	why=$({ mkdir -p -- "$1" && probe=$(mktemp "$1/.probe.XXXXXX") && rm -f "$probe"; } 2>&1) ||
		die $E_PLACE "$1 cannot be written to: ${why##*: }" "$2"
}

# Before anything is kept there: can it be?
need_places() {
	need_writable "$build" "BUILD=/path works elsewhere."
	need_writable "$cache" "XDG_CACHE_HOME=/path has what is downloaded and compiled elsewhere."
}

# disk FOLDER: "where it is mounted, MB that are free", of the disk that it is on, or will be
disk() {
	place=$1
	until [ -e "$place" ]; do place=$(dirname -- "$place"); done
	df -Pk -- "$place" | awk 'NR == 2 { print $6, int($4 / 1024) }'
}

# The base is unpacked there while it is committed.
BASE_MB=2300

# need_room FOLDER MB WHAT: is there so much?
need_room() {
	free=$(disk "$1")
	[ "${free##* }" -ge "$2" ] ||
		die $E_PLACE "the disk of $1 has only ${free##* } MB left, and $3 takes $2" \
			"Make room there, or work elsewhere: BUILD=/path; XDG_CACHE_HOME=/path for what is downloaded and compiled."
}

# A relative BUILD is relative to the clone, wherever a script is called.
case ${BUILD-} in
'' | /*) ;;
*)
	BUILD=$top/$BUILD
	export BUILD ;;
esac
build=${BUILD:-$top/build}
need_name "$top" "the folder of this project" "Move it."
need_name "$build" "BUILD" "Name another one."

# One that is relative does not count: https://specifications.freedesktop.org/basedir-spec
case ${XDG_CACHE_HOME-} in
/*) cache=$XDG_CACHE_HOME/pgmap-series ;;
*)
	[ -n "${HOME-}" ] || die $E_PLACE "HOME is not set, so there is no place for what is downloaded and compiled" \
		"Set HOME, or XDG_CACHE_HOME=/path."
	cache=$HOME/.cache/pgmap-series ;;
esac

# KTREE=/path works on somebody's own kernel: a place of its own for all that is
# made of it. The tree lies there as it does in $build ("../../linux" seen from
# its output folder), so that ccache has what it compiled for the base.
work=$build
[ -z "${KTREE-}" ] || work=$build/ktree

case ${JOBS-1} in
'' | [1-9] | [1-9][0-9] | [1-9][0-9][0-9]) ;;
*) die $E_USAGE "JOBS=$JOBS is not a number of compilers" "JOBS=2, for example; without it there are as many as CPUs." ;;
esac

# --- steps, progress and locks ---------------------------------------------------

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
# prints what is to be said after the time (nothing: no line), and watch_stop. The sleep
# holds no file and no lock open, so that nobody waits for it.
watcher=
watch_start() {
	(
		seconds=0
		while sleep "${WATCH_SECONDS:-15}" > /dev/null 2>&1 5>&- 7>&- 8>&- 9>&-; do
			seconds=$((seconds + ${WATCH_SECONDS:-15}))
			said=$("$@")
			[ -z "$said" ] || printf '   %d:%02d  %s\n' $((seconds / 60)) $((seconds % 60)) "$said"
		done
	) 7>&- 8>&- 9>&- &
	watcher=$!
}
watch_stop() {
	[ -n "$watcher" ] || return 0
	# KILL: a subshell that has just begun can lose a signal that our trap names.
	kill -KILL "$watcher" 2> /dev/null || :
	wait "$watcher" 2> /dev/null || :
	watcher=
}

# A lock is a file, opened to append to it (exec 9>> FILE), for in it its holder says who he is.
# hold FILE WHAT
hold() {
	printf 'process %d, %s, since %s\n' $$ "$2" "$(date +%H:%M:%S)" > "$1"
}
holder() {
	sed 's/^$/somebody/; q' "$1" | grep . || say "somebody who does not say who"
}
held_by() {
	say "waiting for $(holder "$1")"
}

# wait_lock FD FILE SECONDS WHO WHAT ADVICE: the lock for WHO, or an error after so many seconds.
# Who keeps what we print in a file has somebody who wants to know that we wait: WAITS_TO=5.
wait_lock() {
	if ! flock -n "$1"; then
		say "$5: $(holder "$2"); waiting for it, at most $3 s" >&"${WAITS_TO:-1}"
		watch_start held_by "$2" >&"${WAITS_TO:-1}"
		lock_rc=0
		flock -w "$3" "$1" || lock_rc=$?
		watch_stop
		[ $lock_rc = 0 ] || die $E_BUSY "after $3 s, $2 is still held by $(holder "$2")" "$6"
	fi
	hold "$2" "$4"
}

# lock_tree WHO: the kernel tree, its state in .git/pgmap, patches/ and series are one's at a time
lock_tree() {
	exec 8>> "$work/tree.lock"
	wait_lock 8 "$work/tree.lock" 600 "$1" "another one works in ${work#"$top/"}/linux" "Wait for it, or end it; BUILD=/path works elsewhere."
}

# only_run NAME: the times of the steps, the last run and what is built are one run's only
only_run() {
	mkdir -p "$build/runs"
	exec 7>> "$build/runs/.lock"
	flock -n 7 || die $E_BUSY "another run works in $build: $(holder "$build/runs/.lock")" \
		"Wait for it, or end it; BUILD=/path works elsewhere."
	hold "$build/runs/.lock" "$1"
}

# reviews FOLDER WHO: several may use build/review at a time, but scripts/clean may not remove it then
reviews() {
	exec 7>> "$1/lock"
	! flock -n 7 || hold "$1/lock" "$2"
	flock -s 7
}

# --- what can be asked for -------------------------------------------------------

# The architectures that have a guest and a kernel configuration
archs() {
	for conf in "$top"/selftests/arch/*.conf; do
		conf=$(basename "$conf" .conf)
		[ ! -f "$top/kernel-config/$conf.config" ] || echo "$conf"
	done
}

need_arch() {
	archs | grep -qxF -e "$1" || die $E_USAGE "ARCH=$1 is not known" "Known: $(archs | paste -s -d ' ')"
}

# need_fragment NAME: is it there? It is not somewhere else: it names a folder, too.
need_fragment() {
	case $1 in */*) ;; *) [ ! -f "$top/kernel-config/$1.config" ] || return 0 ;; esac
	die $E_USAGE "FRAGMENT=$1: there is no kernel-config/$1.config" "FRAGMENT names a file of kernel-config/, without .config."
}

# need_number NAME VALUE: is it one of seconds?
need_number() {
	case $2 in '' | *[!0-9]*) die $E_USAGE "$1=$2 is not a number of seconds" "$1=60, for example" ;; esac
}

# tests_of FILE LIST: the names of its tests that are in the list; all of them are in "all"
tests_of() {
	awk -v list="$2" '
		$1 == "test" { name = $2; if (list == "all") print name }
		$1 == "lists" && list != "all" { for (i = 2; i <= NF; i++) if ($i == list) print name }' "$1"
}

# need_tests FILE LIST PATTERN[,PATTERN...]: does each match a test of the list?
need_tests() {
	known=$(tests_of "$1" "$2")
	[ -n "$known" ] || die $E_USAGE "no test is in the list $2" "$1 has the names and lists"
	while IFS= read -r pattern; do
		matched=
		for test in $known; do
			# shellcheck disable=SC2254	# it is a pattern
			case $test in $pattern) matched=y ;; esac
		done
		[ -n "$matched" ] || die $E_USAGE "no test of the list $2 matches '$pattern'" \
			"Known: $(say "$known" | paste -s -d ' ')"
	done <<-END
	$(say "$3" | tr , '\n')
	END
}

# need_cases FILE LIST PATTERN[,PATTERN...] CASE[,CASE...] [TREE]: do the tests that match take
# cases, and have these? That is looked up in the sources of TREE.
need_cases() {
	case $4 in
	*[!A-Za-z0-9_.,]* | ,* | *, | *,,*) die $E_USAGE "CASE=$4 is no list of cases" \
		"CASE=TEST, or as the results name it: CASE=FIXTURE.TEST, CASE=FIXTURE.VARIANT.TEST" ;;
	esac
	take="Those that do: $(awk '$1 == "test" { name = $2 } $1 == "cases" { print name }' "$1" | paste -s -d ' ')"
	[ -n "$3" ] || die $E_USAGE "CASE=$4: of which test?" "TESTS=NAME names one that takes cases. $take"
	for test in $(tests_of "$1" "$2"); do
		matched=
		while IFS= read -r pattern; do
			# shellcheck disable=SC2254	# it is a pattern
			case $test in $pattern) matched=y ;; esac
		done <<-END
		$(say "$3" | tr , '\n')
		END
		[ -n "$matched" ] || continue
		case " ${take#*: } " in *" $test "*) ;; *) die $E_USAGE "the test $test takes no CASE" "TESTS=NAME names others. $take" ;; esac
		program=$(awk -v test="$test" '$1 == "test" { name = $2 } $1 == "run" && name == test { print $2 }' "$1")
		source=${5-}/tools/testing/selftests/$program.c
		[ -f "$source" ] || continue
		has=$(sed -nE 's/^TEST_F[A-Z_]*\([^,]*, *([A-Za-z0-9_]+).*/\1/p; s/^TEST(_SIGNAL)?\(([A-Za-z0-9_]+).*/\2/p' "$source" | sort -u)
		for wanted in $(say "$4" | tr , ' '); do
			say "$has" | grep -qxF -e "${wanted##*.}" ||
				die $E_USAGE "the test $test has no case $wanted" "It has: $(say "$has" | paste -s -d ' ')"
		done
	done
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

# need_group NAME: is it one of the file series?
need_group() {
	read_series | awk -F'\t' -v name="$1" '$3 == name { found = 1 } END { exit !found }' ||
		die $E_USAGE "series has no group '$1'" \
			"It has $(read_series | awk -F'\t' 'NF && $1 != "" && !seen[$3]++ { print $3 }' | paste -s -d ' '); 'series' is all of them."
}

# --- what there is -----------------------------------------------------------------

# Reads a kernel's Makefile on stdin: "7.3 7.3.4-rc1"
kernel_version() {
	awk -F' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *=/ { v[$1] = $2 }
		$1 == "NAME" { exit }
		END { if (v["VERSION"] != "") print v["VERSION"] "." v["PATCHLEVEL"],
			v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] v["EXTRAVERSION"] }'
}

# Nothing that git reads of the user (configuration, attributes, ignored files, variables, those
# of a hook that called us) may change what the scripts make; nor may these settings of the
# kernel tree's own configuration, which git looks at there.
plain_git() {
	# shellcheck disable=SC2046	# a list of names
	unset $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^GIT_[A-Z0-9_]+$/ && name != "GIT_EXEC_PATH") print name }')
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_ATTR_NOSYSTEM=1 GIT_NO_REPLACE_OBJECTS=1
	export GIT_TERMINAL_PROMPT=0 LC_ALL=C
	GIT_CONFIG_COUNT=0
	for git_setting in core.attributesFile=/dev/null core.excludesFile=/dev/null core.hooksPath=/dev/null core.autocrlf=false \
		apply.whitespace=warn apply.ignoreWhitespace=no commit.gpgSign=false i18n.commitEncoding=UTF-8 \
		i18n.logOutputEncoding=UTF-8 diff.noprefix=false diff.mnemonicPrefix=false diff.renames=true; do
		export "GIT_CONFIG_KEY_$GIT_CONFIG_COUNT=${git_setting%%=*}" "GIT_CONFIG_VALUE_$GIT_CONFIG_COUNT=${git_setting#*=}"
		GIT_CONFIG_COUNT=$((GIT_CONFIG_COUNT + 1))
	done
	export GIT_CONFIG_COUNT
}

# plain_repo FOLDER TREE COMMIT: a repository that has the objects of TREE and the attributes
# of COMMIT, and no configuration: a setting can change a diff in more ways than options undo.
plain_repo() {
	git init -q --template= "$1"
	git -C "$2" rev-parse --path-format=absolute --git-path objects > "$1/.git/objects/info/alternates"
	git -C "$1" read-tree "$3"
	git -C "$1" ls-files -z .gitattributes '*/.gitattributes' | git -C "$1" checkout-index -z --stdin
}

# Debian's .gitignore has lines that make git ignore every file that is not committed yet, so
# new files of somebody's work would be forgotten. scripts/tree takes them out of the file, and
# tells git not to look at it (skip-worktree).
UNIGNORE='/^\/\*$/d; /^!\/debian\/$/d'

# gitignore_hidden TREE: is it so there? gitignore_edited TREE: and has somebody changed the
# file, which git does not see either?
gitignore_hidden() {
	[ "$(git -C "$1" ls-files -t .gitignore 2> /dev/null)" = 'S .gitignore' ]
}
gitignore_edited() {
	gitignore_hidden "$1" && ! git -C "$1" show :.gitignore | sed "$UNIGNORE" | cmp -s - "$1/.gitignore"
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

# need_written TREE: is patches/ what is in its branch series, messages, too?
need_written() {
	state=$(git -C "$1" rev-parse --absolute-git-dir)/pgmap
	[ "$(cat "$state/made" "$state/inputs" 2> /dev/null)" = "$(git -C "$1" rev-parse -q --verify refs/heads/series)
$(series_inputs)" ] ||
		die $E_DIRTY "patches/ is not what is in ${1#"$top/"}" "make patches writes it; make tree is the other way round."
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
