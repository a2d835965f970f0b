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

datalad clone "ria+$URL/ria#~admin/brain@v2" by-name
datalad -C by-name get sub
cmp brain/sub/deep/large.h5 by-name/sub/deep/large.h5
if datalad -C by-name status --annex 2>&1 | grep modified; then exit 1; fi

# Of a version before, whose files the newest does not have.
git -C by-name checkout --quiet "$(git -C by-name rev-list HEAD | tail -1)"
datalad -C by-name get sub/tool
[[ -x by-name/sub/tool ]]
cmp brain/sub/tool by-name/sub/tool

# Without DataLad, the repository itself is the storage.
git clone --quiet "$URL/git/admin/brain" plain
(cd plain && git annex init --quiet && git annex get --quiet --from origin sub/scan.nii.gz new.dat && git annex fsck --quiet sub/scan.nii.gz)
cmp brain/sub/scan.nii.gz plain/sub/scan.nii.gz
