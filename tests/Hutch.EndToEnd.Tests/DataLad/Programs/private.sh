# A private dataset over HTTPS: nothing without a token; git asks its credential helper, and a line in ~/.netrc serves git, DataLad and git-annex.
make_dataset hidden
export GIT_SSL_CAINFO=$CA REQUESTS_CA_BUNDLE=$CA
if git clone "$HTTPS/git/admin/hidden" none 2>refused; then exit 1; fi
if git clone "$HTTPS/git/admin/nothing" none 2>refused-too; then exit 1; fi
diff <(sed 's/hidden/X/' refused) <(sed 's/nothing/X/' refused-too)

git -c credential.helper="!f() { echo username=any; echo password=$TOKEN; }; f" clone --quiet "$HTTPS/git/admin/hidden" by-helper
[[ $(git -C by-helper rev-list --count HEAD) == 2 ]]

(umask 077 && echo "machine localhost login any password $TOKEN" >~/.netrc)
git clone --quiet "$HTTPS/git/admin/hidden" by-netrc
datalad clone "ria+$HTTPS/ria#$ID" clone
datalad -C clone get .
same hidden clone
datalad -C clone drop sub
