#!/bin/sh
# Runs the tests of all crates, those in the documentation too.
set -eu
tools/logged.sh unit "${CARGO:-cargo}" test --workspace --locked --no-fail-fast
