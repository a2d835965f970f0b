# One S3 key at a zone and its sites: $DOORS are the addresses of their S3 doors, the zone's first.
set -e
unset AWS_CA_BUNDLE REQUESTS_CA_BUNDLE AWS_PROFILE
export PATH=$(dirname "$(command -v hutch)"):/usr/local/bin:/usr/bin:/bin AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1
export AWS_DEFAULT_REGION=us-east-1
mkdir -p one-key-work && cd one-key-work
hutch token create --s3 --sites archive compute --json > key.json
export AWS_ACCESS_KEY_ID="$(jq -r .accessKey key.json)" AWS_SECRET_ACCESS_KEY="$(jq -r .secretKey key.json)"

# Each client begins with the region of the zone, and follows the answer of each site to its own.
cat > read.py <<'PYTHON'
import io, os, sys, time, urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

doors, is_revoked = os.environ["DOORS"].split(), len(sys.argv) > 1
for door, region in zip(doors, ("us-east-1", "archive", "compute")):
    s3 = boto3.client("s3", endpoint_url=door, config=Config(signature_version="s3v4"))
    if is_revoked:
        try:
            s3.get_object(Bucket="one-key", Key="frame")
            sys.exit(door + " still takes the revoked key")
        except ClientError as e:
            assert e.response["ResponseMetadata"]["HTTPStatusCode"] == 403, e
        continue

    while True:
        try:
            assert s3.get_object(Bucket="one-key", Key="frame")["Body"].read() == b"photons\n"
            break
        except ClientError as e:  # A new key is known within a second.
            if e.response["Error"]["Code"] != "InvalidAccessKeyId":
                raise
            time.sleep(0.02)

    fresh = boto3.client("s3", endpoint_url=door, config=Config(signature_version="s3v4"))
    assert fresh.head_object(Bucket="one-key", Key="frame")["ContentLength"] == 8
    assert fresh.head_bucket(Bucket="one-key")["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == region
    assert (fresh.get_bucket_location(Bucket="one-key")["LocationConstraint"] or "us-east-1") == region

    # A bucket made at a site is at home there, and takes a body in signed chunks.
    there = boto3.client("s3", endpoint_url=door, region_name=region, config=Config(signature_version="s3v4"))
    assert "one-key" in [bucket["Name"] for bucket in there.list_buckets()["Buckets"]]
    there.create_bucket(Bucket="made-" + region)
    boto3.client("s3", endpoint_url=door, config=Config(signature_version="s3v4")).upload_fileobj(
        io.BytesIO(b"x" * 100_000), "made-" + region, "object")
    address = there.generate_presigned_url("get_object", Params={"Bucket": "one-key", "Key": "frame"})
    assert urllib.request.urlopen(address).read() == b"photons\n"
    if region != "us-east-1":
        try:
            there.put_object(Bucket="one-key", Key="more", Body=b"")
            sys.exit("A site took a change of a dataset that is at home at the zone.")
        except ClientError as e:
            assert "is at home at the site of the zone" in str(e), e
PYTHON
/usr/bin/python3 read.py

set -- $DOORS
aws --endpoint-url "$2" s3 cp s3://one-key/frame - | grep -x photons
RCLONE_CONFIG_SITE_TYPE=s3 RCLONE_CONFIG_SITE_PROVIDER=Other RCLONE_CONFIG_SITE_ENV_AUTH=true RCLONE_CONFIG_SITE_REGION=archive \
    RCLONE_CONFIG_SITE_ENDPOINT=$2 rclone cat site:one-key/frame | grep -x photons

# Revoked once, refused everywhere: the answer waits for the sites.
hutch token revoke "$(jq -r .id key.json)"
/usr/bin/python3 read.py revoked
