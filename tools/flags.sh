#!/bin/sh
# flags.sh PROGRAM…: checks that docs/configuration.md names every flag that the program's help names.
set -eu
page=docs/configuration.md
missing=0
count=0

for command in scan search timeline summary case report feedback replay cost explain verify history doctor 'respond list' 'respond show' 'respond approve' 'respond reject' 'respond undo' 'respond stop' 'respond start' 'rules list' 'rules check' 'rules test' 'rules explain' simulate completions man; do
    # shellcheck disable=SC2086 # a command of two words is two words
    help=$("$@" $command --help)
    flags=$(printf '%s\n' "$help" | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u)
    for flag in $flags; do
        count=$((count + 1))
        if ! grep -qF -- "\`$flag\`" "$page"; then
            echo "error: $page does not know $flag of \`$command\`" >&2
            missing=1
        fi
    done
done

[ "$count" -gt 0 ] || { echo "error: no flags found in the help" >&2; exit 1; }
[ "$missing" -eq 0 ] && echo "$count flags of the commands stand in $page"
exit "$missing"
