#!/bin/sh
# Second and third opinions on the templates: checkov and `sam validate`. Slow.
set -eu
tools/venv.sh target/venv-checkov infra/requirements-checkov.txt
tools/venv.sh target/venv-sam infra/requirements-sam.txt

target/venv-checkov/bin/checkov --config-file infra/checkov.yaml
SAM_CLI_TELEMETRY=0 target/venv-sam/bin/sam validate --lint --region us-east-1 --template infra/sam/template.yaml
