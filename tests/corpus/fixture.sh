# Sourced, from the repository's root.

# What the scenarios work on: texts, code in a few languages, hidden, ignored, empty and binary files, with fixed times.
fixture() {
    rm -rf "$1"
    mkdir -p "$1"/{src/deep/er,docs,.hidden,empty}
    cp examples/workspace/*/*/src/*.rs examples/workspace/*/src/*.rs "$1/src" 2> /dev/null
    cp README.md CONTRIBUTING.md docs/*.md "$1/docs"
    printf '#include <stdio.h>\n\n/* a comment\n   of two lines */\nint main(void) { return 0; } // done\n' > "$1/src/deep/main.c"
    printf 'import os\n\n# comment\ndef f(x):\n    """doc"""\n    return x\n' > "$1/src/deep/er/f.py"
    printf '{"name": "fixture", "numbers": [1, 2.5, -3e10], "nested": {"a": null, "b": [true, false]}}\n' > "$1/data.json"
    printf 'alpha,beta\n1,2\n\xff\xfe\x00binary\n' > "$1/bytes.bin"
    printf 'Zürich Straße ÀÉÎ naïve 日本語 😀\nASCII only\nmixed Ünïcödé words\n' > "$1/unicode.txt"
    seq 1 3000 | awk '{ print $1 ": the quick brown fox " ($1 * 7919 % 1000) " jumps over " ($1 % 13 == 0 ? "a lazy dog" : "nothing") }' > "$1/lines.txt"
    printf '*.log\n/ignored/\n' > "$1/.gitignore"
    mkdir -p "$1/ignored" "$1/.git"
    echo needle > "$1/ignored/needle.txt"
    echo needle > "$1/.hidden/needle.txt"
    echo 'debug needle' > "$1/trace.log"
    : > "$1/empty.txt"
    ln -s lines.txt "$1/link"
    ln -s nowhere "$1/dangling"
    printf '#!/bin/sh\nexit 0\n' > "$1/run.sh"
    chmod 755 "$1/run.sh"
    find "$1" -exec touch -h -d '2024-02-03 04:05:06 UTC' {} +
}
