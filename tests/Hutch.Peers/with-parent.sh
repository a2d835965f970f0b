#!/usr/bin/env bash
# with-parent.sh PROGRAM [ARGUMENT …]: runs a program, says its process id, and ends it when its own standard input ends: the kernel sees to
# that however the parent ends. If this script itself is killed, the kernel ends the program too.
set -euo pipefail

exec 3<&0 </dev/null
setpriv --pdeathsig TERM "$@" 3<&- >/dev/null &
echo $!
cat <&3 >/dev/null
kill $! 2>/dev/null || true
wait $! || true
