#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reads a guest's results strictly: kunit.py parse is lax about plans and numbers.

ktap.py --junit FILE: exit code 0 if the file is XML with a test case in it, else 1.
ktap.py RESULTS prints one line per finding, tab separated:
  test  NAME  STATUS  SECONDS  REASON           a kselftest (top level)
  sub   NAME  STATUS  -        REASON           a result inside it; NAME is its whole path
  error LINE  -       -        MESSAGE          what is wrong with the document
  verdict N   -       -        -                the guest said it is done, after N tests
STATUS is pass, fail or skip. Exit code 0, unless the file cannot be read.
"""
import re
import sys
from xml.etree import ElementTree

VERSION = re.compile(r'^( *)(?:K?TAP) version \d+$')
PLAN = re.compile(r'^( *)1\.\.(\d+)(?: *# *skip\w* ?(.*))?$', re.I)
RESULT = re.compile(r'^( *)(ok|not ok)(?: (\d+))?(?: - | |$)(.*)$')
# A directive may stand without a blank; what follows "# " is otherwise for people.
DIRECTIVE = re.compile(r'#(?: |(?=(?:skip\w*|xfail|todo|timeout|error)\b))', re.I)
VERDICT = re.compile(r'^verdict: done (\d+)$')
# init makes comments of what a program prints before its version line
UNSEEN = re.compile(r'^ +# (not ok\b.*|1\.\.\d+.*)$')
BAIL = re.compile(r'^ *(?:# *)?(Bail out!.*)$', re.I)
NOTE = re.compile(r'^# (time|failed) (\S+?):? (.*)$')


class Block:
    """The results between a version line and the result line of the parent."""

    def __init__(self, indent, line, depth):
        self.indent, self.line, self.depth = indent, line, depth
        self.plan = None
        self.skip = None    # why nothing is planned
        self.count = 0
        self.short = []     # why the plan and the results do not agree
        self.subs = []      # (path, status, reason)


class Reader:
    def __init__(self):
        self.out = []
        self.errors = []
        self.stack = []
        self.done = None
        self.bail = None    # what the test that runs gave up with
        self.notes = {'time': {}, 'failed': {}}

    def error(self, line, message):
        self.errors.append((line, message))

    def plan(self, line, match):
        block = self.stack[-1]
        if block.plan is not None:
            self.error(line, 'a second plan (%s)' % match[0].strip())
        block.plan = int(match[2])
        if not block.plan and re.search(r'# *skip', match[0], re.I):
            block.skip = (match[3] or '').strip()

    def check_plan(self, block):
        """A block has ended: has it done what it planned?"""
        if block.plan is None:
            block.short.append('no plan (1..N)')
        elif block.plan != block.count:
            block.short.append('planned %d results, has %d' % (block.plan, block.count))
        elif not block.plan and block.skip is None:
            block.short.append('planned no results, and does not say SKIP')

    def result(self, line, match):
        indent = len(match[1])
        if not any(block.indent == indent for block in self.stack):
            # Text of a program may begin with "ok", too; this is a result that is not seen.
            if match[3] or match[2] == 'not ok':
                self.error(line, 'a result without a version line before it: %s' % match[0].strip())
            return
        # a result closes the deeper block that belongs to it
        inner = None
        while self.stack[-1].indent > indent:
            block = self.stack.pop()
            self.check_plan(block)
            if inner:
                block.subs += inner.subs
                block.short += inner.short
            inner = block
        block = self.stack[-1]
        block.count += 1
        name, directive = (*DIRECTIVE.split(match[4], maxsplit=1), '')[:2]
        name = name.strip()
        directive = directive.strip()
        if match[3] is None or int(match[3]) != block.count:
            self.error(line, 'result number %s where %d is due' % (match[3], block.count))
        reason = directive
        skip = re.match(r'skip\w*', directive, re.I)
        if skip:
            status, reason = 'skip', directive[skip.end():].strip()
            if match[2] != 'ok':
                self.error(line, 'a skip that is not ok: %s' % name)
        elif re.match(r'(xfail|todo)\b', directive, re.I):
            status = 'pass'
        else:
            status = 'pass' if match[2] == 'ok' else 'fail'
            if status == 'pass' and re.match(r'(timeout|error)\b', directive, re.I):
                self.error(line, 'ok, and yet it is a %s: %s' % (directive.split()[0].upper(), name))
        # kselftest's ksft_test_result_skip(NAME) gives the name as the reason
        name = name or reason or str(block.count)

        # what has planned nothing, as it cannot run, has not passed
        if inner and inner.skip is not None and not inner.count and status == 'pass':
            status, reason = 'skip', inner.skip

        if block.depth:
            if inner and (inner.subs or inner.short):
                block.subs += [('%s.%s' % (name, path), s, r) for path, s, r in inner.subs]
                block.short += inner.short
                # a failure or a skip that none of its parts explains
                if status != 'pass' and not any(s == status for _, s, _ in inner.subs):
                    block.subs.append((name, status, reason))
            else:
                block.subs.append((name, status, reason))
            return
        if inner and status == 'pass' and inner.short:
            for message in inner.short:
                self.error(line, '%s: %s, and yet it is ok' % (name, message))
        if inner and status == 'fail' and not reason:
            reason = '; '.join(inner.short)
        subs = inner.subs if inner else []
        if status != 'fail' and any(s == 'fail' for _, s, _ in subs):
            what = 'its exit code is 0' if status == 'pass' else 'it says that it was skipped'
            status, reason = 'fail', what + ', but results are not ok'
        if self.bail:
            status, reason = 'fail', '; '.join(x for x in (reason, self.bail) if x)
            self.bail = None
        reason = '; '.join(x for x in (self.notes['failed'].get(name), reason) if x)
        self.out.append(('test', name, status, self.notes['time'].get(name, '-'), reason))
        self.out += [('sub', '%s.%s' % (name, path), s, '-', r) for path, s, r in subs]

    def read(self, lines):
        number = 0
        for number, line in enumerate(lines, 1):
            line = line.rstrip('\n')
            if self.done is not None:
                if line.strip():
                    self.error(number, 'after the verdict: %s' % line.strip()[:60])
                continue
            match = VERDICT.match(line)
            if match:
                self.done = int(match[1])
                continue
            match = BAIL.match(line)
            if match:
                self.bail = match[1]
                continue
            match = VERSION.match(line)
            if match:
                indent = len(match[1])
                if not self.stack and indent:
                    self.error(number, 'the first version line is indented')
                elif self.stack and indent <= self.stack[-1].indent:
                    self.error(number, 'a version line inside a list of results')
                    continue
                self.stack.append(Block(indent, number, len(self.stack)))
                continue
            if not self.stack:
                if line.strip():
                    self.error(number, 'not KTAP: %s' % line[:60])
                continue
            match = PLAN.match(line)
            if match and len(match[1]) == self.stack[-1].indent:
                self.plan(number, match)
                continue
            if match and not any(block.indent == len(match[1]) for block in self.stack):
                self.error(number, 'a plan without a version line before it: %s' % line.strip())
                continue
            match = RESULT.match(line)
            if match:
                self.result(number, match)
                continue
            match = UNSEEN.match(line)
            if match and len(self.stack) == 1:
                self.error(number, 'a result without a version line before it: %s' % match[1])
                continue
            match = NOTE.match(line)
            if match:
                self.notes[match[1]][match[2]] = match[3]
        if not self.stack:
            self.error(number, 'no KTAP at all')
            return
        if self.bail:
            self.error(number, 'after the last result: %s' % self.bail)
        if len(self.stack) > 1:
            self.error(number, 'ends inside a test')
        top = self.stack[0]
        self.check_plan(top)
        for message in top.short:
            self.error(number, message)
        if self.done is not None and self.done != top.count:
            self.error(number, 'the verdict counts %d tests, the results are %d' %
                       (self.done, top.count))


def junit(file):
    """Says what is wrong with what kunit.py has written, if anything."""
    try:
        cases = sum(1 for _ in ElementTree.parse(file).iter('testcase'))
    except (OSError, ElementTree.ParseError) as e:
        return '%s: %s' % (file, e)
    return '' if cases else '%s: no test case in it' % file


def main():
    if len(sys.argv) == 3 and sys.argv[1] == '--junit':
        sys.exit(junit(sys.argv[2]) or 0)
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    reader = Reader()
    with open(sys.argv[1], encoding='utf-8', errors='replace') as f:
        reader.read(f)
    for row in reader.out:
        print('\t'.join(field.replace('\t', ' ') for field in row))
    for line, message in reader.errors:
        print('error\t%d\t-\t-\t%s' % (line, message))
    if reader.done is not None:
        print('verdict\t%d\t-\t-\t-' % reader.done)


main()
