#!/bin/sh
# A second and third opinion on templates and policies: checkov, parliament, `sam validate`. Slow.
set -eu
tools/venv.sh target/venv infra/requirements.txt
tools/venv.sh target/venv-audit infra/requirements-audit.txt
bin=target/venv-audit/bin

"$bin/checkov" --config-file infra/checkov.yaml --directory infra/sam
target/venv/bin/python infra/policies.py | while IFS= read -r policy; do
    "$bin/parliament" --string "$policy"
done
echo "parliament has nothing against the policies"
SAM_CLI_TELEMETRY=0 "$bin/sam" validate --lint --region us-east-1 --template infra/sam/template.yaml
