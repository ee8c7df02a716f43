#!/bin/sh
# logged.sh NAME COMMAND…: runs the command, and keeps what it says in target/log/NAME.
#
# Ends as the command ends, which a plain pipe into `tee` would not.
set -eu
log="target/log/$1"
shift
mkdir -p target/log
echo "+ $*"
{ "$@" 2>&1 && status=0 || status=$?; echo "$status" >"$log.status"; } | tee "$log"
exit "$(cat "$log.status")"
