#!/bin/sh
# cdk.sh          tests the app that deploys to an organization, and synthesises the example, without a network
# cdk.sh built    only installs what the app needs, and compiles it
#
# What it needs is installed once into infra/cdk/node_modules, as package-lock.json says.
set -eu
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then
    echo "SKIPPED: there is no Node 20 or newer with npm, so the stacks for an organization are NOT tested (apt install nodejs npm)" >&2
    exit 0
fi
root=$(pwd)
cd infra/cdk
if ! cmp -s package-lock.json node_modules/.installed; then
    echo "+ npm ci in infra/cdk (a minute, once)" >&2
    npm ci --ignore-scripts --no-fund --no-audit --loglevel error >&2
    cp package-lock.json node_modules/.installed
fi
# A test that was taken out must not run from what is left of it.
[ -d build ] && find build/test -name '*.js' -exec sh -c 'for js; do ts=test/$(basename "$js" .js).ts; [ -f "$ts" ] || rm "$js"; done' sh {} +
npx tsc
[ "${1-}" = built ] && exit 0

cd "$root"
tools/logged.sh cdk node --test --test-reporter=spec infra/cdk/build/test/

# Functions of which only the name is real: how they are built is not what is tried here.
functions=$root/target/cdk-functions
for name in s3-logs eventbridge alerts delivery response watch; do
    mkdir -p "$functions/lambda-$name"
    echo "$name" >"$functions/lambda-$name/bootstrap"
done
cd infra/cdk
npx cdk synth --quiet --context configuration=organization.example.json --context "functions=$functions"
echo "the example organization is synthesised in target/cdk"
