# s3cmd: mb, put (in parts too), ls, info, get, sync, du, signurl, del, rb.
host=${S3_URL#http://}
s3cmd() { /usr/bin/s3cmd --config=/dev/null --access_key="$AWS_ACCESS_KEY_ID" --secret_key="$AWS_SECRET_ACCESS_KEY" \
    --host="$host" --host-bucket="$host" --no-ssl --no-progress "$@"; }
mkdir -p tree/sub
echo a >tree/a
echo b >tree/sub/b
head -c 20000000 /dev/urandom >big
s3cmd mb s3://from-s3cmd
s3cmd put --multipart-chunk-size-mb=5 big s3://from-s3cmd/big
s3cmd get s3://from-s3cmd/big back
cmp big back
s3cmd sync tree/ s3://from-s3cmd/tree/
s3cmd sync s3://from-s3cmd/tree/ copy/
diff -r tree copy
s3cmd info s3://from-s3cmd/tree/a | grep >/dev/null 'FULL_CONTROL'
s3cmd info s3://from-s3cmd | grep >/dev/null 'BucketOwner'
s3cmd du s3://from-s3cmd | grep >/dev/null '^ *20000004 '
s3cmd cp s3://from-s3cmd/tree/a s3://from-s3cmd/again
s3cmd ls s3://from-s3cmd/ | grep >/dev/null 'DIR.*tree/'
s3cmd del --recursive --force s3://from-s3cmd
s3cmd rb s3://from-s3cmd
