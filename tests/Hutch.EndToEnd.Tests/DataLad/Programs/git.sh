# git alone: the history, what is content of git, the check of git's own fsck, and a fetch of what is new.
make_dataset rock
make_public
git clone --quiet "$URL/git/$OWNER/rock" clone
git clone --quiet "$URL/git/$ID.git" by-id
[[ $(git -C clone log --format=%s) == $'the second push\nthe first push' ]]
[[ $(git -C clone rev-parse HEAD) == $(git -C by-id rev-parse HEAD) ]]
[[ $(git -C clone rev-parse v2) == $(git -C clone rev-parse main) ]]
git -C clone log -1 --format='%an <%ae>' | grep -qE "^$OWNER <$OWNER@[0-9a-f]{16}>\$"
cmp rock/README.md clone/README.md
[[ $(clone/run.sh) == runs && -L clone/link && -L clone/sub/scan.nii.gz ]]
git -C clone fsck --strict --no-dangling

# With everything checked on the way in too.
git -c transfer.fsckObjects=true clone --quiet "$URL/git/$OWNER/rock" checked

# What is new, and nothing else.
hutch clone rock copy --quiet
echo new >copy/notes.txt
(cd copy && hutch push --quiet --message third)
git -C clone pull --quiet
[[ $(cat clone/notes.txt) == new && $(git -C clone rev-list --count HEAD) == 3 ]]
git -C clone fsck --strict --no-dangling

# What cannot be is said in words.
if git -C clone push origin HEAD 2>refused; then exit 1; fi
grep -q 'Username' refused
if git -c protocol.version=0 ls-remote "$URL/git/$OWNER/rock" 2>refused; then exit 1; fi
grep -q 'version 2' refused
if git clone --depth 1 "$URL/git/$OWNER/rock" shallow 2>refused; then exit 1; fi
grep -q 'does not support shallow' refused
git clone --quiet --filter=blob:none "$URL/git/$OWNER/rock" filtered 2>warned
grep -q 'filtering not recognized' warned
cmp filtered/README.md clone/README.md

# Purged, a clone from before is told so.
api DELETE "datasets/$ID" >/dev/null
api POST "datasets/$ID/purge" '{"reason":"a mistake"}' >/dev/null
if git -C clone fetch 2>refused; then exit 1; fi
grep -q 'was purged: a mistake' refused
grep -q 410 refused
