# git-annex: the S3 special remote, with parts, and its own test of a remote.
host=${S3_URL#http://}
git init --quiet annex
cd annex
git config user.email a@example.org
git config user.name a
git config annex.security.allowed-ip-addresses all
git annex init --quiet here
git annex initremote s3 type=S3 host="${host%:*}" port="${host#*:}" protocol=http requeststyle=path signature=v4 bucket=from-annex \
    encryption=none partsize=5MiB
head -c 20000000 /dev/urandom >big
echo small >small
sha256sum big small >sums
git annex add --quiet big small
git annex copy --quiet --to s3 .
git annex drop --quiet big small
git annex get --quiet big small
sha256sum --check --quiet sums
git annex fsck --quiet --from s3 big small
git annex testremote s3 --fast
# With the signature that it uses when nothing is said.
git annex initremote old type=S3 host="${host%:*}" port="${host#*:}" protocol=http requeststyle=path bucket=from-old-annex \
    encryption=none partsize=5MiB
git annex copy --quiet --to old .
git annex drop --quiet --from s3 big small
git annex drop --quiet big small
git annex get --quiet --from old big small
sha256sum --check --quiet sums
git annex testremote old --fast
