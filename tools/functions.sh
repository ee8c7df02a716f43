#!/bin/sh
# functions.sh here PROFILE         builds the functions to run on this machine
# functions.sh aws ARCHITECTURE     builds them to run on AWS: arm64 or x86_64
#
# Each ends in target/lambda/NAME/bootstrap, where infra/sam/template.yaml looks for it. One cargo call
# each for AWS: built together, the small ones would get the features of the large ones.
set -eu
cargo=${CARGO:-cargo}
target=${CARGO_TARGET_DIR:-target}
functions='lambda-s3-logs lambda-eventbridge lambda-alerts lambda-delivery lambda-response lambda-watch'

build_here() {
    folder=$1
    [ "$folder" = dev ] && folder=debug
    if [ "$1" = dev ]; then
        # With the tests and for the same reason: what both use is built once.
        "$cargo" build --locked --workspace --bins --tests
    else
        # shellcheck disable=SC2046 # a flag for each
        "$cargo" build --locked --profile "$1" $(for name in $functions; do echo --package "$name"; done)
    fi
    for name in $functions; do
        mkdir -p "target/lambda/$name"
        cp "$target/$folder/$name" "target/lambda/$name/bootstrap"
        strip "target/lambda/$name/bootstrap" 2>/dev/null || true # smaller; nothing depends on it
    done
}

build_for_aws() {
    if ! "$cargo" lambda --version >/dev/null 2>&1; then
        echo "error: cargo-lambda is not installed; it links for the C library that Lambda has" >&2
        echo "  hint: pip install cargo-lambda ziglang, or see https://www.cargo-lambda.info" >&2
        exit 3
    fi
    case $1 in
        arm64) flag=--arm64 ;;
        x86_64) flag=--x86-64 ;;
        *) echo "error: \`$1\` is no architecture; it must be arm64 or x86_64" >&2; exit 3 ;;
    esac
    for name in $functions; do
        "$cargo" lambda build --profile small --locked --skip-target-check "$flag" \
            --package "$name" --lambda-dir target/lambda
    done
}

case ${1-} in
    here) build_here "${2:-quick}" ;;
    aws) build_for_aws "${2:-arm64}" ;;
    *) echo "usage: functions.sh here PROFILE | aws ARCHITECTURE" >&2; exit 3 ;;
esac
