# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Sourced by the tests. A test is
#	t "what should be"
#	run command...		# keeps its output and exit code
#	want 13 'pattern'...	# the exit code, and what the output must match (grep -E)
#	is A B | no 'pattern' | holds command...
# and passes if none of these fails. Each file works on a project of its own ($P), with
# a cache and a home of its own and a tiny "kernel" as the base.

here=$(pwd)
source=$(dirname "$here")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
name='' why=''
unset BUILD KTREE BASE TESTS CASE VARIANT FRAGMENT ARCH JOBS GROUP VERSION COMMIT SIGNOFF LIST SERIES WAITS_TO \
	MAKEFLAGS MAKELEVEL BASE_CONF
export XDG_CACHE_HOME="$tmp/cache" HOME="$tmp/home"
# A user's configuration that is as unfriendly as it can be.
export GIT_CONFIG_GLOBAL="$tmp/home/.gitconfig"
mkdir -p "$HOME" "$tmp/bin" "$tmp/hooks"
cat > "$GIT_CONFIG_GLOBAL" <<-X
	[am]
		threeWay = true
		keepcr = false
	[apply]
		whitespace = error-all
	[commit]
		gpgsign = true
	[core]
		hooksPath = $tmp/hooks
		autocrlf = true
		abbrev = 7
	[diff]
		noprefix = true
		renames = copies
		algorithm = patience
		context = 9
	[format]
		numbered = true
		signature = me
		attach = yes
		coverLetter = true
		signOff = true
		notes = true
		to = list@example.org
X
printf '#!/bin/sh\nexit 1\n' > "$tmp/hooks/pre-commit"
cp "$tmp/hooks/pre-commit" "$tmp/hooks/applypatch-msg"
chmod +x "$tmp/hooks"/*

t() {
	finish
	name=$1 why=''
}

finish() {
	[ -n "$name" ] || return 0
	if [ -z "$why" ]; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		printf '%s' "$why" | sed 's/^/# /'
		[ ! -f "$tmp/out" ] || head -40 "$tmp/out" | sed 's/^/#    | /'
	fi
	name=''
}

wrong() {
	why="$why$*
"
}

run() {
	rc=0
	"$@" > "$tmp/out" 2>&1 < /dev/null || rc=$?
}

want() {
	[ "$rc" = "$1" ] || wrong "exit code $rc, expected $1"
	shift
	for pattern; do
		grep -Eq -e "$pattern" "$tmp/out" || wrong "the output does not say: $pattern"
	done
}

no() {
	! grep -Eq -e "$1" "$tmp/out" || wrong "the output says: $1"
}

silent() {
	[ ! -s "$tmp/out" ] || wrong "it is not silent"
}

is() {
	[ "$1" = "$2" ] || wrong "'$1' is not '$2'"
}

holds() {
	"$@" > /dev/null 2>&1 || wrong "does not hold: $*"
}

# git as a developer without any configuration of her own
dev() {
	GIT_CONFIG_GLOBAL=/dev/null git -c user.name='Dév Eloper' -c user.email=dev@example.org \
		-c commit.gpgsign=false -c advice.detachedHead=false "$@"
}

# tiny_kernel DIR VERSION PATCHLEVEL SUBLEVEL
tiny_kernel() {
	mkdir -p "$1/mm" "$1/lib" "$1/scripts/kconfig"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\nEXTRAVERSION =\nNAME = Tiny\n' "$2" "$3" "$4" > "$1/Makefile"
	cat "$here/tiny.mk" >> "$1/Makefile"
	cp "$here/tiny-merge_config" "$1/scripts/kconfig/merge_config.sh"
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "int memremap_$i;"; done > "$1/mm/memremap.c"
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "int gup_$i;"; done > "$1/mm/gup.c"
	printf 'config ZONE_DEVICE\n\tbool\n' > "$1/mm/Kconfig"
	echo 'old' > "$1/lib/old.c"
	echo '*.[ch] diff=cpp' > "$1/.gitattributes"
	# as Debian's
	printf '*.o\n/*\n!/debian/\n' > "$1/.gitignore"
	printf 'a line\r\nanother\r\n' > "$1/lib/dos.txt"
}

# A cache with a base in it, and the project.
setup() {
	cache=$XDG_CACHE_HOME/pgmap-series
	mkdir -p "$cache"
	tiny_kernel "$tmp/kernel" 7 3 4
	dev init -q -b base "$tmp/kernel"
	dev -C "$tmp/kernel" add -A -f
	GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' dev -C "$tmp/kernel" commit -q -m 'Linux 7.3.4' \
		--date '2026-01-01T00:00:00Z'
	dev clone -q --bare "$tmp/kernel" "$cache/base.git"
	P=$tmp/project
	project "$P"
	cd "$P" || exit 1
	K=$P/build/linux
}

project() {
	mkdir -p "$1/tests" "$1/selftests"
	cp -r "$source/selftests/arch" "$1/selftests"
	cp -r "$source/scripts" "$source/kernel-config" "$source/Makefile" "$source/.shellcheckrc" "$1"
	dev init -q "$1"
	echo /build/ > "$1/.gitignore"
	dev -C "$1" add -A -f
	dev -C "$1" commit -q -m project
}

# commit MESSAGE [GROUP]: all changes of $K
commit() {
	dev -C "$K" add -A
	if [ -n "${2-}" ]; then
		dev -C "$K" commit -q -m "$1

Group: $2"
	else
		dev -C "$K" commit -q -m "$1"
	fi
}

# groups NAME...: the groups of the series
groups() {
	{
		echo '# SPDX-License-Identifier: GPL-2.0'
		for group; do printf '%s\n\tThe %s.\n\n' "$group" "$group"; done
	} > groups
}

# Three patches in two groups, in $K and in patches/
three() {
	groups fixes attribute
	scripts/tree > /dev/null
	echo 'int one;' >> "$K/mm/memremap.c"; commit 'mm: one' fixes
	echo 'int two;' >> "$K/mm/gup.c"; commit 'mm: two'
	echo 'int three;' >> "$K/mm/memremap.c"; commit 'mm: three' attribute
	scripts/patches > /dev/null
	dev -C "$P" add -A
	dev -C "$P" commit -q -m 'three patches'
}

# All that is in a folder: names, kinds, modes, times, contents. But not the times of
# git's objects: git renews those of one that it finds when it wants to make the same.
snapshot() {
	(cd "$1" && find . -path '*objects/*' -type f -printf '%p %y %m\n' -o -printf '%p %y %m %T@ %l\n' | sort &&
		find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum
}
