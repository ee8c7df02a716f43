#!/bin/sh
# fuzz.sh SECONDS: runs every fuzz target for so long; stops at the first finding.
set -eu
cargo=${CARGO:-cargo}
if ! $cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo "error: fuzzing needs a nightly toolchain and cargo-fuzz (cargo install cargo-fuzz --locked)" >&2
    exit 1
fi
for target in $($cargo +nightly fuzz list); do
    echo "+ fuzz $target for $1 s"
    $cargo +nightly fuzz run "$target" -- -max_total_time="$1"
done
