#!/bin/sh
# fuzz.sh SECONDS: throws bytes at every entry for so long; stops at the first finding.
#
# With a nightly toolchain and cargo-fuzz, led by coverage; without, by the mutations in tests/fuzz.rs.
set -eu
cargo=${CARGO:-cargo}
seconds=$1

if ! $cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo "note: no nightly toolchain with cargo-fuzz here: mutating examples instead (see fuzz/README.md)" >&2
    TRAILHOUND_FUZZ_SECONDS=$seconds exec "$cargo" test --profile quick --locked -p tests fuzz
fi

mkdir -p fuzz/corpus/log_file fuzz/corpus/rule_file
find events -type f ! -name '*.md' -exec cp {} fuzz/corpus/log_file/ \;
find rules -type f -name '*.yml' -exec cp {} fuzz/corpus/rule_file/ \;
for target in $($cargo +nightly fuzz list); do
    echo "+ fuzz $target for $seconds s"
    $cargo +nightly fuzz run "$target" -- -max_total_time="$seconds"
done
