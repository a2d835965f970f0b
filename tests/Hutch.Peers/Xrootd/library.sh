#!/bin/sh
# library.sh TAPES WORD PATH [FILE]: the tape library behind an XRootD server, over a folder. The server asks it with `statx` and `rm`, and reads an
# error number as the first line of each answer. The File Residency Manager brings a file back with `recall`.
tape=$1/${3##*/}
case $2 in
statx)
    [ -e "$tape" ] || { echo 2; exit 2; }
    echo 0
    stat -c '- rw-rw-r-- 1 0 0 %X %Z %Y %s %o %b' "$tape"
    ;;
rm) rm -f "$tape" && echo 0 ;;
recall) sleep 1 && cp "$tape" "$4" ;;
esac
