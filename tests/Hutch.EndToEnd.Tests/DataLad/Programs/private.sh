# A private dataset over HTTPS: nothing without a token; git asks its credential helper, and a line in ~/.netrc serves git, DataLad and git-annex.
make_dataset hidden
if git ls-remote "$HTTPS/git/$OWNER/hidden" 2>refused; then exit 1; fi
grep -q 'certificate verification failed' refused
export GIT_SSL_CAINFO=$CA REQUESTS_CA_BUNDLE=$CA
if git clone "$HTTPS/git/$OWNER/hidden" none 2>refused; then exit 1; fi
if git clone "$HTTPS/git/$OWNER/nothing" none 2>refused-too; then exit 1; fi
diff <(sed 's/hidden/X/' refused) <(sed 's/nothing/X/' refused-too)

git -c credential.helper="!f() { echo username=any; echo password=$TOKEN; }; f" clone --quiet "$HTTPS/git/$OWNER/hidden" by-helper
[[ $(git -C by-helper rev-list --count HEAD) == 2 ]]

# The login of hutch serves git without a line in ~/.netrc.
hutch login "$HTTPS" --ca "$CA" <<<"$TOKEN" >/dev/null
hutch datalad login --remote "$HTTPS" >/dev/null
rm ~/.netrc
git clone --quiet "$HTTPS/git/$OWNER/hidden" by-login
hutch datalad login --remote "$HTTPS" --undo >/dev/null
if git clone --quiet "$HTTPS/git/$OWNER/hidden" none 2>/dev/null; then exit 1; fi

(umask 077 && echo "machine localhost login any password $TOKEN" >~/.netrc)
git clone --quiet "$HTTPS/git/$OWNER/hidden" by-netrc

# git-annex does not read that file: it is refused, until git reads it by the line of the page, or curl does.
export SYSTEM_CERTIFICATE_PATH=$CA
git -C by-netrc config annex.security.allowed-ip-addresses '127.0.0.1 ::1'
if GIT_TERMINAL_PROMPT=0 git -C by-netrc annex get --quiet . 2>refused; then exit 1; fi
line=$(grep -F -A1 credential.https://HOST:8443.helper "$DOCS/datalad.md" | sed "s#https://HOST:8443#$HTTPS#; s/HOST/localhost/")
eval "$line"
git -C by-netrc config --unset remote.origin.annex-ignore
git -C by-netrc annex get --quiet .
same hidden by-netrc
git -C by-netrc annex drop --quiet .
git config --global --unset "credential.$HTTPS.helper"
git -C by-netrc -c annex.security.allowed-ip-addresses=all -c annex.web-options="--netrc --cacert $CA" annex get --quiet .
same hidden by-netrc
datalad clone "ria+$HTTPS/ria#$ID" clone
datalad -C clone get .
same hidden clone
datalad -C clone drop sub

# git-annex stores its keys through git-lfs, which it speaks over TLS alone, and reads them back.
git config --global credential.helper store
(umask 077 && sed "s#//#//any:$TOKEN@#" <<<"$HTTPS" >~/.git-credentials)
api POST datasets '{"name":"annexed"}' >/dev/null
git init --quiet --initial-branch main annexed
cd annexed
git config annex.security.allowed-ip-addresses '127.0.0.1 ::1'
git config annex.backend MD5E
git annex init --quiet one
head -c 200000 /dev/urandom >x.nii.gz
git annex add --quiet .
git commit --quiet --message Annexed
git annex initremote lfs type=git-lfs encryption=none url="$HTTPS/git/$OWNER/annexed" >/dev/null
git annex copy --quiet --to lfs
git push --quiet "$HTTPS/git/$OWNER/annexed" main git-annex 2>/dev/null
hutch clone annexed ../found --quiet
cmp x.nii.gz ../found/x.nii.gz
git annex drop --quiet x.nii.gz
git annex get --quiet x.nii.gz
cmp x.nii.gz ../found/x.nii.gz
