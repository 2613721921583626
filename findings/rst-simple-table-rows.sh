#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One would guess that a long cell of a simple table of reStructuredText goes on in the next
# line, in any column. In the first column it does not: each line with text there begins a row.
# What was one row becomes two, the second with a wrong or an empty right side, and neither
# docutils nor Sphinx says a word, at any level of reports. The kernel's documents have many
# such tables, and those who read them as text do not see it.
# Seen with docutils 0.19 (Debian 12). Source: SimpleTableParser in
# docutils/parsers/rst/tableparser.py; "Simple Tables" in the reStructuredText specification.
set -eu
version=0.19+dfsg-6 roman=3.3-3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
cd "$dir"
apt-get download -qq "python3-docutils=$version" "python3-roman=$roman" > log 2>&1 || {
	cat log
	echo "python3-docutils $version or python3-roman $roman is not served any more"
	exit 3
}
for package in *.deb; do dpkg -x "$package" root; done
cat > table.rst <<'X'
==============  ==================
who             holds a page
==============  ==================
a program that  until it lets
waits           go
a disk          until it has
                written
==============  ==================
X
cat > rows.py <<'X'
import docutils, docutils.core, docutils.nodes as nodes
print("docutils", docutils.__version__)
text = open("table.rst").read()
tree = docutils.core.publish_doctree(text, settings_overrides={"report_level": 1})
for row in tree.findall(nodes.row):
    print(" | ".join(" ".join(cell.astext().split()) for cell in row.findall(nodes.entry)))
print("messages:", len(list(tree.findall(nodes.system_message))))
X
PYTHONPATH=root/usr/lib/python3/dist-packages python3 rows.py > seen 2>&1 || true
cat seen
cat > expected <<'X'
docutils 0.19
who | holds a page
a program that | until it lets
waits | go
a disk | until it has written
messages: 0
X
cmp -s seen expected || {
	echo "changed: it was"
	cat expected
	exit 1
}
