# DataLad and git-annex: clone by id and by name, get, fsck, drop; an older version; git-annex without DataLad.
git config --global annex.security.allowed-ip-addresses all
make_dataset brain
make_public
hutch close brain --quiet
datalad clone "ria+$URL/ria#$ID" by-id
datalad -C by-id get .
same brain by-id
(cd by-id && git annex fsck --quiet && datalad drop . && git annex fsck --from hutch-storage --fast --quiet)
[[ ! -e by-id/sub/scan.nii.gz ]]
[[ $(git -C by-id config -f .datalad/config datalad.dataset.id) == "$ID" ]]

datalad clone "ria+$URL/ria#~$OWNER/brain@v2" by-name
datalad -C by-name get sub
cmp brain/sub/deep/large.h5 by-name/sub/deep/large.h5
if datalad -C by-name status --annex 2>&1 | grep modified; then exit 1; fi

# Of a version before, whose files the newest does not have.
git -C by-name checkout --quiet "$(git -C by-name rev-list HEAD | tail -1)"
datalad -C by-name get sub/tool
[[ -x by-name/sub/tool ]]
cmp brain/sub/tool by-name/sub/tool

# Without DataLad, the repository itself is the storage.
git clone --quiet "$URL/git/$OWNER/brain" plain
(cd plain && git annex init --quiet && git annex get --quiet --from origin sub/scan.nii.gz new.dat && git annex fsck --quiet sub/scan.nii.gz)
cmp brain/sub/scan.nii.gz plain/sub/scan.nii.gz

# A dataset of DataLad whose folder came with hutch push: DataLad works on a clone of it, with its own settings.
hutch login "$URL" <<<"$TOKEN" >/dev/null
hutch datalad login >/dev/null
datalad create -c text2git folder >/dev/null 2>&1
printf '[datalad "dataset"]\n\tid = %s\n[datalad "words"]\n\tmine = yes\n' "$(git -C folder config -f .datalad/config datalad.dataset.id)" >folder/.datalad/config2
mv folder/.datalad/config2 folder/.datalad/config
head -c 50000 /dev/urandom >folder/scan.nii.gz
rm -rf folder/.git
(cd folder && hutch init . --name folder --quiet && hutch push --quiet)
datalad clone "ria+$URL/ria#~$OWNER/folder" worked >/dev/null 2>&1
[[ ! -L worked/.datalad/config && ! -L worked/.gitattributes ]]
cmp folder/.datalad/config worked/.datalad/config
datalad -C worked configuration get datalad.words.mine 2>/dev/null | grep -q yes
datalad -C worked get . >/dev/null
cmp folder/scan.nii.gz worked/scan.nii.gz
(cd worked && hutch datalad enable >/dev/null)
export PATH=~/.local/bin:$PATH
datalad -C worked run --message Count --output n.dat 'wc -c <scan.nii.gz >n.dat' >/dev/null 2>&1
datalad -C worked push --to origin >/dev/null 2>&1
(cd folder && hutch pull --quiet)
cmp worked/n.dat folder/n.dat
git -C worked fsck --strict --no-dangling
