# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154	# TREE, TMP, SERIES, PATCHES: from scripts/review
# Sourced by checks: what is a hash, the width of lines, what spatch can read; and for those of the series a tree of few files, in
# which patches can be applied.

# hashes_in FILE: what is a hash in a text of one line, as it is written there, with "commit" if
# that is before it. What has no letter is a number, and what has no digit is a word, unless it
# is called a commit or is long.
hashes_in() {
	grep -oiE '\<(commits?[[:space:]:]+)?[0-9a-f]{5,40}\>' "$1" | awk '
		{ digit = $NF ~ /[0-9]/; letter = $NF ~ /[a-fA-F]/; digits = length($NF) }
		digit && letter && (digits >= 7 || NF > 1) || letter && digits >= 12 || NF > 1 && digits >= 7' |
		sort -u
}
# titled HASH TITLE FILE: does it have the title each time?
titled() {
	[ "$(grep -ow "$1" "$3" | wc -l)" = "$(grep -oF "$1 (\"$2\")" "$3" | wc -l)" ]
}

# columns < FILE: of each line; some characters need two, and some none
columns() {
	perl -MText::Tabs -CS -ne 'chomp; $_ = expand($_); s/[\p{Mn}\p{Me}\p{Cf}]//g; s/[\p{Ea=W}\p{Ea=F}]/xx/g;
		print length($_) . "\n"'
}

# standard_macros: what spatch knows of the kernel's macros, but for those of which it makes
# what it cannot read itself, in $TMP/standard.h
standard_macros() {
	grep -v 'DEFINE_PER_CPU\|data\.percpu' "$(dpkg -L coccinelle | grep '/standard\.h$')" > "$TMP/standard.h"
}
# words: each line with one blank between its words
words() { sed 's/[[:space:]][[:space:]]*/ /g; s/^ //; s/ $//'; }
# stumbles FILE: the lines of $TMP/cocci/FILE at which spatch stumbles
stumbles() {
	(cd "$TMP/cocci" && spatch --macro-file-builtins "$TMP/standard.h" --macro-file "$CHECKS/coccicheck.h" \
		--parse-c "$1") > "$TMP/parsed" 2>&1 || :
	sed -n 's/^ *whole content = //p' "$TMP/parsed" | words
	grep -q '^nb good = .*nb bad = ' "$TMP/parsed" || echo "nothing of it can be read"
	# Has it said where?
	grep -q '^nb good = .*nb bad = 0 ' "$TMP/parsed" || grep -q 'whole content = ' "$TMP/parsed" ||
		echo "some lines cannot be read"
}
# around: and what it does not see, as it is around these
around() {
	sed -n 's/^bad: //p; s/^BAD:!!!!! //p' "$TMP/parsed" | words | grep '.\{16\}' || :
}

# names of the patches, in order
patches() { grep -v '^#\|^$' "$SERIES"; }

# The files that the patches touch, as they are in a commit: small_tree COMMIT FOLDER
small_tree() {
	mkdir -p "$2"
	(patches | while read -r name; do
		sed -n 's,^--- a/,,p; s,^+++ b/,,p' "$PATCHES/$name"
	done) | sort -u > "$TMP/files"
	git -C "$TREE" ls-tree -r --name-only "$1" > "$TMP/all"
	sort "$TMP/all" | comm -12 - "$TMP/files" > "$TMP/have"
	(cd "$TREE" && xargs git archive "$1") < "$TMP/have" | tar -x -C "$2"
}

# A git repository of such a tree, with one commit: small_repository COMMIT FOLDER
small_repository() {
	small_tree "$1" "$2"
	git init -q --template= "$2"
	git -C "$2" config user.name check
	git -C "$2" config user.email check@invalid
	git -C "$2" config gc.auto 0
	git -C "$2" add -Af
	git -C "$2" commit -q -m base
}

# Is the folder, but for the tools' own files, what these files are in the commit?
# same_as COMMIT FOLDER
same_as() {
	small_tree "$1" "$TMP/wanted"
	diff -r -q -x .git -x .pc "$TMP/wanted" "$2" > "$TMP/difference" 2>&1 || {
		head -5 "$TMP/difference"
		return 1
	}
}
