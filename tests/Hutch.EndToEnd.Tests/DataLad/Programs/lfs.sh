# git-lfs sends and fetches large files, which are files of the dataset.
hutch login "$URL" <<<"$TOKEN" >/dev/null
git config --global credential.helper store
(umask 077 && sed "s#//#//any:$TOKEN@#" <<<"$URL" >~/.git-credentials)
git lfs install --skip-repo >/dev/null
ID=$(api POST datasets '{"name":"heavy"}' | jq -r .id)
git init --quiet --initial-branch main one
cd one
git lfs track '*.bin' >/dev/null
head -c 3000000 /dev/urandom >a.bin
mkdir sub
head -c 100 /dev/urandom >'sub/b c.bin'
echo text >n.txt
git add .
git commit --quiet --message One
git remote add origin "$URL/git/$OWNER/heavy"
git push --quiet origin main 2>../said
cd ..
if grep -i lock said; then exit 1; fi
hutch clone heavy seen --quiet
cmp one/a.bin seen/a.bin
cmp 'one/sub/b c.bin' 'seen/sub/b c.bin'

# Clones by both addresses get the files, and what one changes goes back.
git clone --quiet "$URL/git/$OWNER/heavy" two
cmp one/a.bin two/a.bin
git clone --quiet "$URL/ria/${ID:0:3}/${ID:3}" three
cmp one/a.bin three/a.bin
head -c 50000 /dev/urandom >two/d.bin
git -C two add .
git -C two commit --quiet --message Two
git -C two push --quiet
git -C two lfs push --all origin >sent 2>&1
(cd seen && hutch pull --quiet)
cmp two/d.bin seen/d.bin
git -C three pull --quiet
cmp two/d.bin three/d.bin
(cd three && git lfs fsck >/dev/null && git fsck --strict --no-dangling)

# What is changed by another way comes to git, and the pointers of the other files stay.
(cd seen && echo more >more.txt && rm d.bin && hutch push --quiet --message 'By hutch')
git -C three pull --quiet
[[ $(git -C three diff --name-only HEAD~1 | xargs) == 'd.bin more.txt' ]]

# Without a token, nobody gets anything; a lock is refused in words.
rm -r three/.git/lfs/objects
if git -c credential.helper= -C three lfs fetch --all 2>refused; then exit 1; fi
git -C three lfs fetch --all >/dev/null 2>&1
if git -C three lfs lock a.bin 2>refused; then exit 1; fi
grep -q 'no locks here' refused
