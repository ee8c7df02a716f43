#!/bin/sh
# Says how many tests have passed, from what tools/logged.sh has kept of the last run.
set -eu
awk '
    /^test result:/ { passed += $4; failed += $6; ignored += $8 }
    END {
        printf "Tests of the crates: %d passed, %d failed, %d ignored\n", passed, failed, ignored
        exit passed == 0 || failed > 0
    }' target/log/unit target/log/fleet
printf 'Tests of the rules:  '
tail -n 1 target/log/rules
