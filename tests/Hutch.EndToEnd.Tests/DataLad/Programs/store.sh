# A RIA store is imported, with its history, subdatasets and archives; read by old clones and new ones; and written out again.
hutch login "$URL" <<<"$TOKEN" >/dev/null
login
datalad create old >/dev/null 2>&1
cd old
mkdir sub
head -c 100000 /dev/urandom >a.nii.gz
head -c 2000 /dev/urandom >'sub/b c.dat'
echo text >n.txt
datalad save --message One >/dev/null
datalad create --dataset . inner >/dev/null 2>&1
head -c 5000 /dev/urandom >inner/x.bin
git tag first
datalad save --recursive --message Two >/dev/null
git branch other HEAD~1
datalad create-sibling-ria --recursive --name ria --alias 'Brain_Data' --new-store-ok "ria+file://$PWD/../store" >/dev/null 2>&1
datalad push --recursive --to ria >/dev/null 2>&1
git push --quiet ria first other
ID=$(git config --file .datalad/config datalad.dataset.id) INNER=$(git config --file inner/.datalad/config datalad.dataset.id)
cd ..
P=store/${ID:0:3}/${ID:3}

# Half of it in an archive, with members that are no keys, that lead out of it, and that are not what they say.
mkdir packed outside
(cd packed && mv ../"$P"/annex/objects/* . && chmod -R u+w .)
bad=MD5E-s4--00000000000000000000000000000000.dat
mkdir -p "packed/xx/yy/$bad"
echo bad >"packed/xx/yy/$bad/$bad"
echo no >packed/note.txt
(cd packed && 7z a -mx9 -ms=on "../$P/archives/archive.7z" . ../outside >/dev/null)
(cd outside && echo evil >evil && 7z a -spf "../$P/archives/archive.7z" ../outside/evil >/dev/null)

mkdir -p "$P/annex/objects/xx/yy/WORM-s3-m1--a"
echo ab >"$P/annex/objects/xx/yy/WORM-s3-m1--a/WORM-s3-m1--a"

# What is not imported is named, and the rest is.
if hutch import-ria store 2>said; then exit 1; fi
grep -q -- '--all' said
hutch import-ria store --all >imported 2>problems || [[ $? == 11 ]]
grep -q "^$OWNER/brain-data: 3 keys sent" imported
grep -q "^$OWNER/brain-data-inner: 1 key sent" imported
grep -q 'note.txt.*not the content of a key' problems
grep -q 'outside/evil.*not the content of a key' problems
grep -q 'other content: its MD5' problems
grep -q 'cannot check content against the key .WORM-s3-m1--a' problems
hutch import-ria 'store#~Brain_Data' --owner somebody 2>problems || [[ $? == 11 ]]
grep -q 'does not belong to somebody' problems
[[ $(find . -name evil) == ./outside/evil ]]
refs=(refs/heads/master refs/heads/other refs/tags/first)
[[ $(git ls-remote "$URL/git/$ID" "${refs[@]}") == $(git ls-remote "$PWD/$P" "${refs[@]}") ]]
hutch clone brain-data seen --quiet
cmp old/a.nii.gz seen/a.nii.gz
cmp 'old/sub/b c.dat' 'seen/sub/b c.dat'
[[ -d seen/inner ]]
grep -q "datalad-id = $INNER" seen/.gitmodules

# New clones read all of it, with the subdataset.
datalad clone "ria+$URL/ria#$ID" new >/dev/null 2>&1
datalad -C new get --recursive . >/dev/null
cmp old/a.nii.gz new/a.nii.gz
cmp old/inner/x.bin new/inner/x.bin
(cd new && git annex fsck --quiet && git fsck --strict --no-dangling)
datalad clone "ria+file://$PWD/store#$ID" clone >/dev/null 2>&1

# Nothing new: nothing sent. Something new: only that.
hutch import-ria 'store#~Brain_Data' --json >again 2>/dev/null || [[ $? == 11 ]]
[[ $(jq -r '.sent, .present' again | xargs) == '0 3' ]]
head -c 300 /dev/urandom >old/new.dat
datalad -C old save --message Three >/dev/null
datalad -C old push --to ria >/dev/null 2>&1
hutch import-ria "ria+file://$PWD/store#$ID" --json >again 2>/dev/null || [[ $? == 11 ]]
[[ $(jq -r '.sent, .present' again | xargs) == '1 3' ]]
(cd seen && hutch pull --quiet)
cmp old/new.dat seen/new.dat

# A subdataset that moved on stays, in the superdataset, at the commit that this names.
git -C old/inner mv x.bin later.bin
git -C old/inner commit --quiet --message Later
datalad -C old/inner push --to ria >/dev/null 2>&1
hutch import-ria "store#$INNER" >/dev/null 2>&1 || [[ $? == 11 ]]
hutch clone brain-data whole --recursive --quiet
hutch stage brain-data staged --recursive --quiet
for folder in whole staged; do
    cmp old/inner/later.bin $folder/inner/x.bin
    [[ ! -e $folder/inner/later.bin ]]
done
hutch clone "$INNER" moved --quiet
cmp old/inner/later.bin moved/later.bin

# The same from another machine: what was sent already is not sent again, and nothing stays mounted.
port=$(free_port)
mkdir ssh
((EUID != 0)) || mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f ssh/host
ssh-keygen -q -t ed25519 -N '' -f ssh/ann
cp ssh/ann.pub ssh/authorized
/usr/sbin/sshd -D -e -f /dev/null -h "$PWD/ssh/host" -o ListenAddress="127.0.0.1:$port" -o AuthorizedKeysFile="$PWD/ssh/authorized" \
    -o StrictModes=no -o UsePAM=no -o PidFile=none -o Subsystem='sftp internal-sftp' 2>ssh/log &
trap "kill $!" EXIT
until grep -q 'Server listening' ssh/log; do kill -0 $!; sleep 0.1; done
export GIT_SSH_COMMAND="ssh -F /dev/null -i $PWD/ssh/ann -o IdentitiesOnly=yes -o UserKnownHostsFile=$PWD/ssh/known -o StrictHostKeyChecking=accept-new"
hutch import-ria "ria+ssh://127.0.0.1:$port$PWD/store" --all --json >again 2>problems || [[ $? == 11 ]]
[[ $(jq -rs 'map(.present) | add' again) == 5 && $(jq -rs 'map(.sent) | add' again) == 0 ]]
grep -q "\"dataset\":\"$OWNER/brain-data\"" again
if grep -q 'leads to no dataset' again; then exit 1; fi
grep -q "ssh://127.0.0.1:$port$PWD/$P/archives/archive.7z. has the file .note.txt" again
if hutch import-ria "ria+ssh://127.0.0.1:$port$PWD/nowhere" --all 2>problems; then exit 1; fi
grep -q 'No such file' problems
if grep -q hutch-import- /proc/self/mountinfo; then exit 1; fi
server=$!

# A connection that is cut, at whatever moment, is said to be that; and what has come stays.
cat >cut.py <<'END'
import os, socket, sys, threading

far = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
left = int(sys.argv[2])


def send():
    while block := os.read(0, 65536):
        far.sendall(block)
    os._exit(0)


threading.Thread(target=send, daemon=True).start()
while left > 0 and (block := far.recv(min(left, 65536))):
    os.write(1, block)
    left -= len(block)
os._exit(0)
END
printf '#!/bin/bash\nexec ssh -o "ProxyCommand=python3 %s/cut.py %%p $CUT" "$@"\n' "$PWD" >cut
chmod +x cut
cut=555/55555-1111-1111-1111-111111111111
mkdir -p long/555
cp store/ria-layout-version long/
cp -r "$P" "long/$cut"
head -c 3000000 /dev/urandom >long/new
key=MD5E-s3000000--$(md5sum <long/new | cut -d ' ' -f 1).dat
mkdir -p "long/$cut/annex/objects/xx/yy/$key"
mv long/new "long/$cut/annex/objects/xx/yy/$key/$key"
whole=$GIT_SSH_COMMAND
export GIT_SSH_COMMAND="$PWD/cut ${whole#ssh }"
for CUT in 2000 20000 1000000; do
    export CUT
    if hutch import-ria "ria+ssh://127.0.0.1:$port$PWD/long" --all 2>problems; then exit 1; fi
    if ((CUT < 1000000)); then grep -q 'cannot be mounted\|was lost while it was read' problems; fi
    if grep -q 'is not a RIA store' problems; then exit 1; fi
    if grep -q hutch-import- /proc/self/mountinfo; then exit 1; fi
done
grep -q 'was lost while it was read' problems
grep -q 'Run the same command again' problems
export GIT_SSH_COMMAND=$whole
hutch import-ria "ria+ssh://127.0.0.1:$port$PWD/long" --all --json >again 2>/dev/null || [[ $? == 11 ]]
[[ $(jq -r '.sent + .present' again) == 5 ]]

kill "$server"
wait "$server" || true
trap - EXIT
if hutch import-ria "ria+ssh://127.0.0.1:$port$PWD/store" --all 2>problems; then exit 1; fi
grep -q 'Connection re' problems
unset GIT_SSH_COMMAND

# A clone of the store goes on reading when the store is gone, with two lines.
mv store gone
git config --global "url.$URL/ria.insteadOf" "$PWD/store"
git config --global "url.ria+$URL/ria.insteadOf" "ria+file://$PWD/store"
git -C clone pull --quiet
datalad -C clone get a.nii.gz new.dat >/dev/null
cmp old/a.nii.gz clone/a.nii.gz
cmp old/new.dat clone/new.dat
rm ~/.gitconfig
git config --global user.name ann
git config --global user.email ann@example.org

# Damaged archives are named: one that is cut off, and one with other bytes in it.
for kind in 1 2 4; do
    damaged=gone/$kind$kind$kind/$kind$kind$kind$kind$kind-1111-1111-1111-111111111111
    mkdir -p "${damaged%/*}"
    cp -r "gone/${ID:0:3}/${ID:3}" "$damaged"
done
truncate -s 5000 gone/111/*/archives/archive.7z
head -c 3000 /dev/zero | dd of="$(echo gone/222/*/archives/archive.7z)" bs=1000 seek=5 conv=notrunc status=none
hutch import-ria 'gone#11111111-1111-1111-1111-111111111111' >imported 2>problems || [[ $? == 11 ]]
grep -q 'archive.7z. cannot be read' problems
hutch import-ria 'gone#22222222-1111-1111-1111-111111111111' >imported 2>problems || [[ $? == 11 ]]
grep -q 'archive.7z. is damaged' problems
rm gone/444/*/archives/archive.7z
7z a -tzip "$(echo gone/444/*)/archives/archive.7z" old/new.dat >/dev/null
hutch import-ria 'gone#44444444-1111-1111-1111-111111111111' >imported 2>problems || [[ $? == 11 ]]
grep -q 'archive.7z. cannot be read' problems

# Written out, it is a RIA store that needs no server: with files, and with an archive.
hutch export-ria plain brain-data brain-data-inner >/dev/null
hutch export-ria packed7 brain-data --archive >/dev/null
[[ $(find packed7 -path '*annex/objects/*' -type f | wc -l) == 0 ]]
datalad clone "ria+file://$PWD/plain#~brain-data" from-plain >/dev/null 2>&1
datalad -C from-plain get new.dat >/dev/null
cmp old/new.dat from-plain/new.dat
cmp old/inner/later.bin "$(find "plain/${INNER:0:3}/${INNER:3}/annex/objects" -type f)"
[[ $(git ls-remote "$PWD/plain/${INNER:0:3}/${INNER:3}" HEAD | cut -f1) == $(git -C old/inner rev-parse HEAD) ]]
key=$(basename "$(readlink old/a.nii.gz)")
7z x -so "packed7/${ID:0:3}/${ID:3}/archives/archive.7z" "*/*/$key/$key" | cmp - old/a.nii.gz
[[ $(git -C from-plain rev-parse HEAD) == $(git -C old rev-parse HEAD) ]]

# A store behind a plain web server is imported by what its branch git-annex says.
other=333/33333-1111-1111-1111-111111111111
mkdir plain/333
cp -r "plain/${ID:0:3}/${ID:3}" "plain/$other"
port=$(free_port)
python3 -m http.server --directory plain --bind 127.0.0.1 "$port" >/dev/null 2>&1 &
trap "kill $!" EXIT
until curl --silent --output /dev/null "http://127.0.0.1:$port/ria-layout-version"; do sleep 0.1; done
hutch import-ria "ria+http://127.0.0.1:$port#33333333-1111-1111-1111-111111111111" --json >imported
[[ $(jq -r .sent imported) == 4 ]]
