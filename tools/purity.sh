#!/bin/sh
# purity.sh CRATE…: proves that these crates reach no network, no disk, no clock and no environment.
#
# The first half asks cargo what they link; the second looks through their sources for doors in the
# standard library. Tests may open doors: everything from `mod tests` on is passed over.
set -eu
foreign='^(tokio|async-std|smol|async-io|mio|socket2|hyper|reqwest|ureq|rustls|aws-.*|lambda_.*|redb|walkdir|tempfile) '
doors='(std|core)::(fs|env|process|os)\b|std::net::(Tcp|Udp|ToSocketAddrs)|SystemTime|Instant::now|(Timestamp|Zoned)::now|std::io::(stdin|stdout|stderr)|thread::(spawn|sleep|scope)'
impure=0

for crate in "$@"; do
    # Not straight into the pipe, where a tree that cannot be drawn would look pure.
    links=$(${CARGO:-cargo} tree --locked --package "$crate" --edges normal --target all --prefix none)
    if printf '%s\n' "$links" | grep -E "$foreign"; then
        echo "error: $crate must not link these" >&2
        impure=1
    fi
    found=$(find "crates/$crate/src" -name '*.rs' ! -name 'tests.rs' ! -path '*/tests/*' -exec \
        awk '/^(pub )?mod tests/ { nextfile } { print FILENAME ":" FNR ": " $0 }' {} + |
        grep -vE '^[^:]*:[0-9]*: *//' | grep -E "$doors" || true)
    if [ -n "$found" ]; then
        printf '%s\nerror: %s must not open these doors; let the caller hand in what it needs\n' \
            "$found" "$crate" >&2
        impure=1
    fi
done

[ "$impure" -eq 0 ] && echo "No network, disk, clock or environment in: $*"
exit "$impure"
