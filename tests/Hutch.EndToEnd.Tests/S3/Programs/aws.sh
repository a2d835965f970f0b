# aws s3: mb, cp (in parts too), ls, sync, mv, presign, rm, rb; aws s3api for the rest.
aws() { /usr/bin/aws --endpoint-url "$S3_URL" --no-cli-pager "$@"; }
aws s3 mb s3://from-aws
head -c 20000000 /dev/urandom >big
mkdir -p tree/sub
echo a >tree/a
echo b >tree/sub/b
aws s3 cp --quiet big s3://from-aws/dir/big
aws s3 cp --quiet s3://from-aws/dir/big back
cmp big back
aws s3 sync --quiet tree s3://from-aws/tree
[[ -z $(aws s3 sync --no-progress tree s3://from-aws/tree) ]]
[[ $(aws s3 ls --recursive s3://from-aws | wc -l) == 3 ]]
aws s3 ls s3://from-aws | grep >/dev/null 'PRE dir/'
aws s3 sync --quiet s3://from-aws/tree copy
diff -r tree copy
aws s3 mv --quiet s3://from-aws/tree/a s3://from-aws/moved
aws s3 cp --quiet - s3://from-aws/stream <tree/a
[[ $(aws s3 cp s3://from-aws/stream -) == a ]]
[[ $(curl -sS --fail "$(aws s3 presign s3://from-aws/moved)") == a ]]
aws s3api head-object --bucket from-aws --key moved | jq -e '.ContentLength == 2'
aws s3api put-object --bucket from-aws --key sum --body tree/a --checksum-algorithm SHA256 | jq -e .ChecksumSHA256
aws s3api put-object-tagging --bucket from-aws --key moved --tagging 'TagSet=[{Key=k,Value=v}]'
aws s3api get-object-tagging --bucket from-aws --key moved | jq -e '.TagSet[0].Value == "v"'
aws s3api put-bucket-lifecycle-configuration --bucket from-aws \
    --lifecycle-configuration '{"Rules":[{"ID":"x","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":30}}]}'
aws s3api get-bucket-lifecycle-configuration --bucket from-aws | jq -e '.Rules[0].Expiration.Days == 30'
aws s3api get-bucket-location --bucket from-aws >/dev/null
not aws s3api put-bucket-versioning --bucket from-aws --versioning-configuration Status=Enabled 2>refused
grep -q NotImplemented refused
not aws s3 rb s3://from-aws 2>refused
grep -q BucketNotEmpty refused
aws s3 rm --quiet --recursive s3://from-aws
aws s3 rb s3://from-aws
aws s3 mb s3://from-aws

# A narrowed key is the session token: it opens its folder, and presigns nothing.
echo in >in && aws s3 cp --quiet in s3://from-aws/raw/in && aws s3 cp --quiet in s3://from-aws/out
narrow from-aws raw >narrowed && source ./narrowed
aws s3 cp --quiet s3://from-aws/raw/in got && diff in got
[[ $(aws s3 ls --recursive s3://from-aws | wc -l) == 1 ]]
aws s3 cp --quiet in s3://from-aws/raw/second
not aws s3 cp --quiet in s3://from-aws/second
not aws s3 cp --quiet s3://from-aws/out got
not curl -sf "$(aws s3 presign s3://from-aws/raw/in)"
