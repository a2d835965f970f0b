# datalad push: content and commits in one command, from a clone and from a dataset that was made here; content after its commit; what lies is refused.
hutch login "$URL" <<<"$TOKEN" >/dev/null
hutch datalad login >/dev/null
[[ $(stat -c %a ~/.netrc) == 600 ]]
make_dataset brain
datalad clone "ria+$URL/ria#$ID" one >/dev/null 2>&1
(cd one && hutch datalad enable >said)
grep -q 'git config remote.hutch-storage.annex-externaltype hutch' one/said
rm one/said
export PATH=~/.local/bin:$PATH
head -c 200000 /dev/urandom >one/new.bin
head -c 5000000 /dev/urandom >one/large.bin
echo words >one/words.txt
datalad -C one save --message 'By DataLad' >/dev/null
datalad -C one run --message Count --input large.bin --output count.dat 'wc -c <large.bin >count.dat' >/dev/null 2>&1
datalad -C one push --to origin >pushed 2>&1
hutch clone brain seen --quiet
cmp one/new.bin seen/new.bin
cmp one/large.bin seen/large.bin
cmp one/words.txt seen/words.txt

hutch gc >/dev/null

# Another clone reads it as from any RIA store.
datalad clone "ria+$URL/ria#$ID" two >/dev/null 2>&1
datalad -C two get . >/dev/null
cmp one/large.bin two/large.bin
cmp one/new.bin two/new.bin
# A plain clone of git, and git-annex alone, are let in by the same line.
git clone --quiet "$URL/git/$OWNER/brain" plain
git -C plain config annex.security.allowed-ip-addresses '127.0.0.1 ::1'
(cd plain && git annex get --quiet large.bin)
cmp one/large.bin plain/large.bin
git -C two log -1 --format=%s | grep -q 'RUNCMD. Count'
datalad -C two rerun >/dev/null 2>&1
cmp two/count.dat seen/count.dat
(cd two && git annex fsck --quiet && git fsck --strict --no-dangling)
(cd one && git annex drop --quiet large.bin && git annex get --quiet large.bin)
cmp one/large.bin two/large.bin

# A dataset that was made here, with keys of another backend. One without a digest stops neither the other content nor the commits.
datalad create own >/dev/null 2>&1
head -c 300000 /dev/urandom >own/a.nii.gz
mkdir own/sub
head -c 1000 /dev/urandom >own/sub/b.dat
echo text >own/notes.txt
head -c 1000 /dev/urandom >own/old.dat
git -C own annex add --quiet --backend=WORM old.dat
datalad -C own save --message 'The first' >/dev/null
(cd own && hutch datalad enable own >/dev/null && datalad push --to hutch >../pushed 2>&1)
hutch clone own copy --quiet
cmp own/a.nii.gz copy/a.nii.gz
cmp own/sub/b.dat copy/sub/b.dat
[[ -L copy/old.dat ]]
OWN=$(hutch info own --json | jq -r .id)
[[ $(git ls-remote "$URL/git/$OWN" HEAD | cut -f1) == $(git -C own rev-parse HEAD) ]]

# Commits before their content: a link, not an empty file; when the content has come, a file, and the same commit.
head -c 100000 /dev/urandom >own/later.bin
head -c 1000 /dev/urandom >own/older.dat
(cd own && git annex add --quiet --backend=WORM older.dat && git annex add --quiet later.bin && git commit --quiet --message Later)
git -C own push hutch HEAD 2>said
grep -q 'Files without content so far: 1' said
grep -q "Files that stay links.*: 1, such as 'older.dat'.*git annex migrate" said
(cd copy && hutch pull --quiet && [[ -L later.bin && ! -e later.bin ]])
commit=$(git -C own rev-parse HEAD)
(cd own && git annex copy --quiet --to hutch-storage later.bin && git push --quiet hutch git-annex)
(cd copy && hutch pull --quiet)
[[ ! -L copy/later.bin ]]
cmp own/later.bin copy/later.bin
[[ $(git ls-remote "$URL/git/$OWN" HEAD | cut -f1) == "$commit" ]]

# A version that came by another way keeps the keys of what it did not change.
(cd copy && echo more >more.txt && hutch push --quiet --message 'By hutch')
git -C own pull --quiet hutch "$(git -C own branch --show-current)"
[[ $(git -C own diff --name-only HEAD~1) == more.txt ]]

# A large key goes on where an upload was cut off, and a download where it was: the rest of both alone is sent.
head -c 70000000 /dev/urandom >own/huge.bin
(cd own && git annex add --quiet huge.bin && git commit --quiet --message Huge)
key=$(basename "$(readlink own/huge.bin)")
head -c 20000000 own/huge.bin | curl -sS --netrc -T - -H 'Content-Range: bytes 0-19999999/70000000' -o said "$URL/git/$OWN/annex/objects/$key"
grep -q '^[1-9][0-9]* of 70000000 bytes' said
(cd own && git annex copy --quiet --to hutch-storage huge.bin)
cp own/huge.bin .
(cd own && git annex drop --quiet huge.bin)
mkdir -p own/.git/annex/tmp
head -c 30000000 huge.bin >"own/.git/annex/tmp/$key"
(cd own && git annex get --quiet huge.bin)
cmp huge.bin own/huge.bin

# What no commit names is seen and ended by who manages the dataset, also by git-annex; what one names stays.
head -c 1000 /dev/urandom >own/unnamed.bin
(cd own && git annex add --quiet unnamed.bin && git annex copy --quiet --to hutch-storage unnamed.bin)
hutch sent own --json | jq -r .id | grep -q "^MD5-s1000--"
(cd own && git annex drop --quiet --from hutch-storage unnamed.bin)
if hutch sent own --json | grep s1000; then exit 1; fi
if (cd own && git annex drop --from hutch-storage a.nii.gz >../said 2>&1); then exit 1; fi
grep -q 'names .*, so that it stays' said

# What is not what its key says is refused, and nothing of it is there.
key=MD5E-s5--00000000000000000000000000000000.bin
[[ $(printf 12345 | curl -sS --netrc -o refused -w '%{http_code}' -T - "$URL/ria/${OWN:0:3}/${OWN:3}/annex/objects/$key") == 4* ]]
grep -q 'other content' refused
[[ $(curl -sS --netrc -o /dev/null -w '%{http_code}' -I "$URL/ria/${OWN:0:3}/${OWN:3}/annex/objects/$key") == 404 ]]

# Taken back, it is a clone of a RIA store.
(cd one && hutch datalad enable --undo >/dev/null && [[ $(git config remote.hutch-storage.annex-externaltype) == ora ]])
hutch datalad login --undo >/dev/null
[[ ! -s ~/.netrc ]]
if git config --global --get-regexp 'credential.*'; then exit 1; fi
