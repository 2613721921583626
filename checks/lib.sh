# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154	# TREE, TMP, SERIES, PATCHES: from scripts/review
# Sourced by checks: the width of lines, and for those of the series a tree of few files, in
# which patches can be applied.

# columns < FILE: of each line; some characters need two, and some none
columns() {
	perl -MText::Tabs -CS -ne 'chomp; $_ = expand($_); s/[\p{Mn}\p{Me}\p{Cf}]//g; s/[\p{Ea=W}\p{Ea=F}]/xx/g;
		print length($_) . "\n"'
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
