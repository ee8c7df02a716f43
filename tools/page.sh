#!/bin/sh
# Opens reports in a headless Chromium, and presses what can be pressed. CHROMIUM names the browser where
# it is not on the path.
set -eu
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$browser" ]; then
    echo "SKIPPED: there is no Chromium to open reports with (apt install chromium)" >&2
    exit 0
fi
tools/venv.sh target/page tests/page/requirements.txt
${CARGO:-cargo} build --quiet --locked --workspace --bins --tests
CHROMIUM=$browser exec tools/logged.sh page target/page/bin/python -m pytest --quiet -p no:cacheprovider tests/page
