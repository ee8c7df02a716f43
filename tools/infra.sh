#!/bin/sh
# Tests what goes to AWS: lints the templates, compares them with the code, and runs the fleet on a local AWS.
set -eu
tools/venv.sh target/venv infra/requirements.txt
tools/functions.sh here dev
target/venv/bin/cfn-lint infra/sam/*.yaml
echo "cfn-lint has nothing against the templates"
# By files, each on a local AWS of its own: most of the time is waiting.
exec tools/logged.sh infra target/venv/bin/python -m pytest --quiet --numprocesses 3 --dist loadfile infra/tests
