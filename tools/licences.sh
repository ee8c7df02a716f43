#!/bin/sh
# Checks the licence of every crate in the lock file against the list in deny.toml.
#
# cargo-deny does this and more, and is asked too where it is installed; this half needs cargo alone,
# so that no machine goes without.
set -eu
cargo=${CARGO:-cargo}

allowed=$(awk '/^allow = \[/ { on = 1; next } on && /^\]/ { exit } on' deny.toml |
    sed -n 's/^ *"\([^"]*\)".*/\1/p' | tr '\n' ',')

# Not straight into the pipe, which would take half a list for a whole one.
crates=$($cargo tree --workspace --locked --edges normal,build,dev --target all --all-features \
    --prefix none --no-dedupe --format '{l}|{p}')

printf '%s\n' "$crates" | sed 's/ (\*)$//' | sort -u |
    awk -F '|' -v allowed="$allowed" '
        BEGIN {
            count = split(allowed, names, ",")
            for (i = 1; i <= count; i++) if (names[i] != "") good[names[i]] = 1
        }

        # An SPDX expression without parentheses: OR of ANDs of licences, each perhaps WITH an exception.
        function holds(text,    i, j, some, every, any, all) {
            any = split(text, some, / OR /)
            for (i = 1; i <= any; i++) {
                all = split(some[i], every, / AND /)
                for (j = 1; j <= all; j++) if (!(every[j] in good)) break
                if (j > all) return 1
            }
            return 0
        }

        NF {
            text = $1
            gsub(/ *\/ */, " OR ", text) # as it was written before SPDX
            good["YES"] = 1
            while (match(text, /\([^()]*\)/)) {
                inner = substr(text, RSTART + 1, RLENGTH - 2)
                text = substr(text, 1, RSTART - 1) (holds(inner) ? "YES" : "NO") substr(text, RSTART + RLENGTH)
            }
            crates++
            if (!holds(text)) {
                printf "error: %s is licensed %s, which deny.toml does not allow\n", $2, ($1 == "" ? "under nothing" : $1)
                bad++
            }
        }

        END {
            if (!crates) { print "error: cargo tree has listed no crates"; exit 1 }
            if (bad) exit 1
            printf "Licences of %d crates are allowed\n", crates
        }'

if $cargo deny --version >/dev/null 2>&1; then
    $cargo deny --offline --log-level error check bans licenses sources
else
    echo "note: cargo-deny is not installed; duplicates and sources of crates are NOT checked here" >&2
    echo "      (cargo install cargo-deny --locked)" >&2
fi
