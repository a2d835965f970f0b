# git pushes: a commit is kept as it is and becomes a version; what comes by other ways goes on from it; nothing is lost by a push.
login
make_dataset rock
git clone --quiet "$URL/git/$OWNER/rock" one
git clone --quiet "$URL/git/$OWNER/rock" two
echo 'words by git' >>one/README.md
seq 30000 >one/long.txt
mkdir one/more
echo x >one/more/x.txt
chmod +x one/more/x.txt
git -C one rm --quiet new.dat
ln -s more/x.txt one/short
git -C one add .
git -C one commit --quiet --message 'By git' --message 'With a body' --author 'Bob Brown <bob@example.org>'
git -C one push --quiet origin HEAD 2>said
[[ $(hutch log rock --json | head -1 | jq -r .message) == By\ git* ]]
hutch clone rock seen --quiet
cmp one/long.txt seen/long.txt
cmp one/README.md seen/README.md
[[ -x seen/more/x.txt && ! -e seen/new.dat && -L seen/short ]]
[[ ! -e seen/.gitattributes && ! -e seen/.datalad ]]

# The commit is the one that was pushed, for everybody.
git clone --quiet "$URL/git/$OWNER/rock" again
[[ $(git -C again rev-parse HEAD) == $(git -C one rev-parse HEAD) ]]
git -C again log -1 --format=%an | grep -qx 'Bob Brown'
git -C again fsck --strict --no-dangling

# Who does not have it is refused, also by force; after a merge it goes.
echo other >two/other.txt
git -C two add .
git -C two commit --quiet --message Other
if git -C two push origin HEAD 2>refused; then exit 1; fi
if git -C two push --force origin HEAD 2>refused; then exit 1; fi
grep -q 'forced push is refused' refused
git -C two pull --quiet --no-rebase --no-edit
git -C two push --quiet origin HEAD
[[ $(git -C two rev-list --count HEAD) == 5 ]]
git -C one pull --quiet
cmp one/other.txt two/other.txt

# A version that came by another way goes on from the pushed commit: it changes what it changed, and nothing else.
(cd seen && hutch pull --quiet && echo 'by hutch' >third.txt && hutch push --quiet --message 'By hutch')
git -C one pull --quiet
[[ $(git -C one diff --name-only HEAD~1) == third.txt ]]
git -C one fsck --strict --no-dangling
echo again >>one/third.txt
git -C one commit --quiet --all --message 'Goes on'
git -C one push --quiet
git clone --quiet "$URL/git/$OWNER/rock" last
git -C last fsck --strict --no-dangling
[[ $(git -C last rev-parse HEAD) == $(git -C one rev-parse HEAD) ]]

# What nobody fixed yet is fixed when git pushes, and not passed by.
api PUT "datasets/$ID/entries/loose.txt" '"loose"' >/dev/null
echo y >one/y.txt
git -C one add .
git -C one commit --quiet --message Y
if git -C one push 2>refused; then exit 1; fi
git -C one pull --quiet --no-rebase --no-edit
[[ -e one/loose.txt ]]
git -C one push --quiet

# Branches and tags are refs beside the versions; tags of versions are tags of Hutch.
before=$(hutch log rock --json | wc -l)
git -C one checkout --quiet -b try
echo try >one/try.txt
git -C one add .
git -C one commit --quiet --message Try
git -C one tag -a -m 'A tag' v3 main
git -C one push --quiet origin try v3
[[ $(hutch log rock --json | wc -l) == "$before" ]]
[[ $(git ls-remote "$URL/git/$OWNER/rock" refs/heads/try | cut -f1) == $(git -C one rev-parse try) ]]
[[ $(git ls-remote "$URL/git/$OWNER/rock" refs/tags/v3 | cut -f1) == $(git -C one rev-parse v3) ]]
hutch clone rock@v3 tagged --quiet
cmp tagged/y.txt one/y.txt
git -C one push --quiet origin :try
[[ -z $(git ls-remote "$URL/git/$OWNER/rock" refs/heads/try) ]]

# A closed dataset says so.
hutch close rock --quiet
git -C one checkout --quiet main
echo z >one/z.txt
git -C one add .
git -C one commit --quiet --message Z
if git -C one push 2>refused; then exit 1; fi
grep -q 'closed' refused

# A dataset inside a dataset, by a relative address: git asks for it below the address of the other.
git init --quiet -b main inner
echo inside >inner/inside.txt
git -C inner add .
git -C inner commit --quiet --message Inside
git -C inner push --quiet "$URL/git/$OWNER/inner" main
INNER=$(hutch info inner --json | jq -r .id)
git init --quiet -b main super
git -C super -c protocol.file.allow=always submodule --quiet add "$PWD/inner" sub/inner
git -C super config --file .gitmodules submodule.sub/inner.url ./sub/inner
git -C super config --file .gitmodules submodule.sub/inner.datalad-id "$INNER"
git -C super add .gitmodules
git -C super commit --quiet --message Outside
git -C super push --quiet "$URL/git/$OWNER/super" main
git clone --quiet --recurse-submodules "$URL/git/$OWNER/super" nested
cmp nested/sub/inner/inside.txt inner/inside.txt
echo more >nested/sub/inner/more.txt
git -C nested/sub/inner checkout --quiet -b more
git -C nested/sub/inner add .
git -C nested/sub/inner commit --quiet --message More
git -C nested/sub/inner push --quiet origin more

# A superdataset of a thousand: it is pushed and cloned at once, and those inside come when they are wanted, to git and to DataLad.
git init --quiet -b main thousand
for i in $(seq 1000); do
    printf '[submodule "sub/%04d"]\n\tpath = sub/%04d\n\turl = ./sub/%04d\n\tdatalad-id = %s\n' "$i" "$i" "$i" "$INNER"
done >thousand/.gitmodules
git -C thousand add .gitmodules
COMMIT=$(git -C inner rev-parse HEAD)
for i in $(seq 1000); do printf "160000 $COMMIT\tsub/%04d\n" "$i"; done | git -C thousand update-index --index-info
git -C thousand commit --quiet --message Thousand
git -C thousand push --quiet "$URL/git/$OWNER/thousand" main
git clone --quiet "$URL/git/$OWNER/thousand" thousand-here
[[ $(git -C thousand-here ls-files --stage | grep -c ^160000) == 1000 ]]
git -C thousand-here submodule --quiet update --init sub/0001 sub/1000
cmp thousand-here/sub/1000/inside.txt inner/inside.txt
datalad clone "ria+$URL/ria#~$OWNER/thousand" thousand-there >/dev/null 2>&1
datalad -C thousand-there get --no-data sub/0500 >/dev/null 2>&1
cmp thousand-there/sub/0500/inside.txt inner/inside.txt
