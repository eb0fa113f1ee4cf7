# SPDX-License-Identifier: Apache-2.0
"""Just enough of C for the check tools: files, comments, string literals, functions. No preprocessor."""
import pathlib
import re

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
PRI = {'PRId64': 'ld', 'PRIi64': 'ld', 'PRIu64': 'lu', 'PRIx64': 'lx', 'PRIX64': 'lX', 'PRId32': 'd',
       'PRIu32': 'u', 'PRIx32': 'x', 'PRIu16': 'u', 'PRIu8': 'u', 'PRIdMAX': 'jd'}
LITERAL = r'(?:"(?:\\.|[^"\\\n])*"|\bPRI\w+)'
JOINED = re.compile(LITERAL + r'(?:\s+' + LITERAL + r'|(?<=")\s*' + LITERAL + r'|\s*(?=")' + LITERAL + r')*')
CONTROL = {'if', 'for', 'while', 'switch'}


def files(root, *endings):
    """Files under root/src with these endings, as (path, path relative to src), sorted."""
    src = pathlib.Path(root) / 'src'
    found = [p for e in endings for p in src.rglob('*' + e)]
    return [(p, p.relative_to(src).as_posix()) for p in sorted(found)]


def is_test(name):
    """Test code: held to fewer rules."""
    base = name.rsplit('/', 1)[-1]
    return base.startswith(('test_', 'fuzz_')) or base == 'test.h' or \
        base.rsplit('.', 1)[0].endswith(('_stub', '_samples'))


def without_comments(text):
    """Comments become blanks; lines stay where they are."""
    def blank(m):
        s = m.group(0)
        return re.sub(r'[^\n]', ' ', s) if s.startswith('/') else s
    return TOKEN.sub(blank, text)


def bare(text):
    """Comments and the insides of literals become blanks; lines and columns stay where they are."""
    def blank(m):
        s = m.group(0)
        if s.startswith('/'):
            return re.sub(r'[^\n]', ' ', s)
        return s[0] + re.sub(r'[^\n]', ' ', s[1:-1]) + s[-1]
    return TOKEN.sub(blank, text)


def unescape(body):
    """The text of a C literal's inside, as PO files see it."""
    simple = {'n': '\n', 't': '\t', 'r': '\r', '"': '"', '\\': '\\', "'": "'", 'a': '\a', 'b': '\b',
              'f': '\f', 'v': '\v', '0': '\0'}
    out = bytearray()
    i = 0
    while i < len(body):
        if body[i] != '\\':
            out += body[i].encode()
            i += 1
            continue
        m = re.compile(r'x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.)', re.DOTALL).match(body, i + 1)
        if m.group(1):
            out.append(int(m.group(1), 16))
        elif m.group(2):
            out.append(int(m.group(2), 8) & 255)
        else:
            out += simple.get(m.group(3), m.group(3)).encode()
        i = m.end()
    return out.decode('utf-8', 'replace')


def joined(source):
    """The text of adjacent literals and PRI macros, e.g. of `"case %" PRId64 " is"`."""
    text = ''
    for part in re.findall(LITERAL, source):
        text += unescape(part[1:-1]) if part.startswith('"') else PRI.get(part, '?')
    return text


def literals(text):
    """(offset, text) of every literal, adjacent ones joined; TEXT has no comments."""
    for m in JOINED.finditer(text):
        if '"' in m.group(0):
            yield m.start(), joined(m.group(0))


def call_arguments(text, open_paren):
    """The arguments of the call whose ( is at OPEN_PAREN, as source, split at top-level commas."""
    clean = bare(text[open_paren:open_paren + 4000])
    depth, start, out = 0, 1, []
    for i, c in enumerate(clean):
        if c in '([{':
            depth += 1
        elif c in ')]}':
            depth -= 1
            if depth == 0:
                out.append(text[open_paren + start:open_paren + i])
                break
        elif c == ',' and depth == 1:
            out.append(text[open_paren + start:open_paren + i])
            start = i + 1
    return out


def calls(text, name):
    """(offset, arguments) of every call of NAME, a regular expression; TEXT has no comments."""
    for m in re.finditer(r'\b(?:' + name + r')\s*\(', text):
        yield m.start(), call_arguments(text, m.end() - 1)


def close_of(text, opening):
    """Where the bracket at OPENING is closed; the end of TEXT when it is not."""
    clean, depth = bare(text[opening:]), 0
    for i, c in enumerate(clean):
        depth += (c in '([{') - (c in ')]}')
        if depth == 0:
            return opening + i
    return len(text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def _word_before(clean, i):
    m = re.search(r'(\w+)\s*$', clean[max(0, i - 80):i])
    return m.group(1) if m else ''


def _open_of(clean, close):
    depth = 0
    for i in range(close, -1, -1):
        depth += (clean[i] == ')') - (clean[i] == '(')
        if depth == 0:
            return i
    return 0


def _kind_of_brace(clean, i, depth):
    """What the { at I begins: 'function', 'block' or 'data'."""
    before = clean[max(0, i - 400):i].rstrip()
    if not before:
        return 'data'
    if before.endswith(')'):
        opening = _open_of(clean, i - (min(i, 400) - len(before)) - 1)
        word = _word_before(clean, opening)
        if depth == 0:
            return 'function' if word and not clean[:opening].rstrip().endswith('=') else 'data'
        return 'block' if word in CONTROL else 'data'
    if depth == 0:
        return 'data'
    if re.search(r'\b(else|do)$', before) or before[-1] in ';{}:':
        return 'block'
    return 'data'


def functions(text):
    """Dicts name, line, lines, nesting, parameters of every function that TEXT defines."""
    clean = re.sub(r'^[ \t]*#(?:\\\n|[^\n])*', lambda m: re.sub(r'[^\n]', ' ', m.group(0)), bare(text),
                   flags=re.MULTILINE)
    stack, current, depth = [], None, 0
    for i, c in enumerate(clean):
        if c == '{':
            kind = _kind_of_brace(clean, i, len(stack))
            stack.append(kind)
            if kind == 'function':
                before = clean[:i].rstrip()
                opening = _open_of(clean, len(before) - 1)
                args = clean[opening + 1:len(before) - 1]
                current = {
                    'name': _word_before(clean, opening), 'line': line_of(clean, i), 'nesting': 0,
                    'parameters': [] if args.strip() in ('', 'void') else [
                        a.strip() for a in call_arguments(clean, opening)],
                }
                depth = 0
            elif kind == 'block':
                depth += 1
                if current:
                    current['nesting'] = max(current['nesting'], depth)
        elif c == '}' and stack:
            kind = stack.pop()
            if kind == 'function' and current:
                current['lines'] = line_of(clean, i) - current['line'] + 1
                yield current
                current = None
            elif kind == 'block':
                depth -= 1
