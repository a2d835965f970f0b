# foreign-disk.sh DISK: a dataset with names and files that many disks cannot hold, cloned to such a disk, changed there and pushed.
# DISK: exfat, ntfs (with the names of Windows), ntfs-case (which ignores case), decomposing (which ignores case and keeps names in NFD).
here=$(dirname "$(realpath "$0")")
kind=$1
mkdir disk
disk=$PWD/disk image=$PWD/image loop='' program=''
ended() {
    cd /; fusermount3 -uz "$disk" 2>/dev/null || umount -l "$disk" 2>/dev/null || true
    test -z "$loop" || losetup -d "$loop"
    test -z "$program" || wait "$program" || true
}
trap ended EXIT
ntfs() { mkfs.ntfs -Q -F "$image" >made 2>&1; "$@" "$image" disk; }
truncate -s 64M "$image"
case $kind in
ntfs) ntfs ntfs-3g -o windows_names ;;
ntfs-case) ntfs lowntfs-3g -o windows_names,ignore_case ;;
exfat)
    # The driver wants a block device of root's. A machine that has none gets another disk that ignores case.
    mkfs.exfat "$image" >made
    loop=$(losetup --find --show "$image" 2>losetup.errors) || loop=''
    if test -n "$loop"; then mount.exfat-fuse "$loop" disk >mounted; else cat losetup.errors; ntfs lowntfs-3g -o windows_names,ignore_case; fi ;;
decomposing)
    mkdir names
    /usr/bin/python3 "$here/decomposing_disk.py" names disk & program=$!
    for _ in $(seq 200); do mountpoint -q disk && break; sleep 0.05; done ;;
esac
mountpoint disk

mkdir data; cd data; hutch init --name data >/dev/null
for name in plain Case case 'a:b' 'q?' 'star*' 'bar|' 'back\slash' 'tail.' 'blank ' con aux.txt café 日本.tif "$(printf 'é%.0s' {1..120})"; do
    head -c 1000 /dev/urandom > "$name"
done
mkdir Dir dir; head -c 999 /dev/urandom > Dir/one; head -c 998 /dev/urandom > dir/two
ln -s plain link; printf '#!/bin/sh\n' > run.sh; chmod +x run.sh; echo secret > private; chmod 600 private; echo old > old; touch -d 1999-12-31T23:59:59.123456789Z old
hutch push -q; hutch list data -r --json | sort > ../before

# What the disk can hold is there, byte for byte; the rest is named.
cd ../disk; code=0; hutch clone data copy 2>../left || code=$?
test "$code" = 11; grep -c '^left out, as ' ../left
composed() { python3 -c 'import sys, unicodedata; print(unicodedata.normalize("NFC", sys.argv[1]))' "$1"; }
for file in copy/*; do name=$(composed "${file#copy/}"); test -L "$file" -o -d "$file" -o "$name" = link || cmp "$file" "../data/$name"; done
case $kind in ntfs*) grep -q "the name: 'a:b'" ../left; grep -q "the name: 'con'" ../left; grep -q "the name: 'tail.'" ../left ;; esac
case $kind in
ntfs) cmp copy/case ../data/case; cmp copy/dir/two ../data/dir/two ;;
ntfs-case) grep -q "the name: 'Case'" ../left; grep -q "the name: 'Dir/one'" ../left; cmp copy/case ../data/case ;; # it lists all names in lower case
*) grep -q "takes 'Case' and 'case' for one name: 'case'" ../left; grep -q "takes 'Dir' and 'dir' for one name: 'dir/two'" ../left ;; esac

# A push of nothing changes nothing; a push of a change changes that alone.
cd copy; test -z "$(hutch diff)"; hutch push | grep -qx 'Nothing to push.'; hutch list data -r --json | sort | cmp - ../../before
echo changed >> plain; touch -d 2001-01-01T00:00:00Z run.sh; hutch push | grep -q ' 1 changed, 0 removed'; hutch verify
test "$(hutch list data -r --json | jq -r .path | sort)" = "$(jq -r .path ../../before | sort)"
test "$(hutch list data -r --json | jq -c 'select(.path == "run.sh") | .executable')" = true

# A lazy clone is filled, and pushes nothing.
cd ..; code=0; hutch clone -q --lazy data lazy || code=$?; test "$code" = 11
cd lazy; test -z "$(hutch diff)"; hutch get -q; test -z "$(hutch diff)"; hutch push | grep -qx 'Nothing to push.'; cmp plain ../copy/plain

# A pull brings changes of case and names what it leaves out. A file in the place of one that was left out is not pushed over it.
cd ../../data; hutch pull -q; mv plain PLAIN; rm 'a:b'; echo new > 'COM1'; echo new > 'new>name'; hutch push -q
cd ../disk/copy; code=0; hutch pull 2>../../pulled || code=$?; cat ../../pulled
test "$code" = 11; case $kind in decomposing) ls | grep -x 'new>name' ;; *) grep -q "the name: 'new>name'" ../../pulled ;; esac
test "$kind" = ntfs-case || ls | grep -x PLAIN; test -z "$(hutch diff)"; hutch push | grep -qx 'Nothing to push.'
case $kind in exfat | decomposing)
    mv Case moved; mv moved case; code=0; hutch push 2>../../refused || code=$?
    test "$code" = 6; grep -q "'case' is in the dataset already, and was left out here" ../../refused; mv case moved; mv moved Case; test -z "$(hutch diff)" ;;
esac

# A working directory that was copied to the disk removes and changes nothing that the disk cannot hold.
hutch list data -r --json | sort > ../../before; cd ../..
test "$kind" != ntfs-case || exit 0
cp -a data disk/moved 2>/dev/null || true
cd disk/moved; code=0; hutch push >../../words 2>&1 || code=$?; cat ../../words
if test -e .hutch/config; then test "$code" = 11; grep -q 'was not pushed. The dataset keeps it: this disk' ../../words; fi
hutch list data -r --json | sort | cmp - ../../before
