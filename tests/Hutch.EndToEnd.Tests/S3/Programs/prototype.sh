# The flow of an object store for live data: a bucket named after a data collection, a header, frames; each readable when its PUT is answered.
aws() { /usr/bin/aws --endpoint-url "$S3_URL" --no-cli-pager "$@"; }
aws s3 mb s3://dcid-4711
aws s3api put-bucket-lifecycle-configuration --bucket dcid-4711 \
    --lifecycle-configuration '{"Rules":[{"ID":"x","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":5}}]}'
echo '{"nimages": 3}' | aws s3 cp --quiet - s3://dcid-4711/header
for frame in 000001 000002 000003; do
    head -c 100000 /dev/urandom >$frame
    aws s3api put-object --bucket dcid-4711 --key $frame --body $frame >/dev/null
    aws s3 cp --quiet s3://dcid-4711/$frame back
    cmp $frame back
done
hutch clone dcid-4711 cloned
cmp 000002 cloned/000002
mkdir pushed
cd pushed
echo by-push >file
hutch init --name by-push
hutch push
[[ $(aws s3 cp s3://by-push/file -) == by-push ]]
hutch close by-push
not aws s3 cp --only-show-errors ../000001 s3://by-push/x 2>../refused
grep -q 'AccessDenied.*closed' ../refused
