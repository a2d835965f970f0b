# The S3 door over HTTPS, for programs that trust its authority and for none that does not; the bucket in the path and in the host's name.
host=${S3_HTTPS#https://}
port=${host##*:}
aws() { /usr/bin/aws --endpoint-url "$S3_HTTPS" --no-cli-pager "$@"; }
if aws s3 ls 2>refused; then exit 1; fi
grep -q 'CERTIFICATE_VERIFY_FAILED' refused
hutch simulate dataset sim --detector small --images 3
if hutch ingest --host "s3+$S3_HTTPS" sim_master.h5 4712 2>refused; then exit 1; fi
grep -qi certificate refused

export AWS_CA_BUNDLE=$CA
aws s3 mb s3://from-tls
head -c 20000000 /dev/urandom >big
aws s3 cp --quiet big s3://from-tls/big
aws s3 cp --quiet s3://from-tls/big back
cmp big back
[[ $(curl -sS --fail --cacert "$CA" "$(aws s3 presign s3://from-tls/big)" | sha256sum) == $(sha256sum <big) ]]
hutch ingest --host "s3+$S3_HTTPS" sim_master.h5 4712
[[ $(hutch analyse "s3+$S3_HTTPS/4712" --json | wc -l) == 3 ]]
s3cmd --config=/dev/null --access_key="$AWS_ACCESS_KEY_ID" --secret_key="$AWS_SECRET_ACCESS_KEY" --ssl --ca-certs="$CA" \
    --host="$host" --host-bucket="$host" --no-progress get s3://from-tls/big by-s3cmd
cmp big by-s3cmd
export RCLONE_CONFIG=$PWD/rclone.conf RCLONE_CONFIG_H_TYPE=s3 RCLONE_CONFIG_H_PROVIDER=Other RCLONE_CONFIG_H_ENDPOINT=$S3_HTTPS
export RCLONE_CONFIG_H_ENV_AUTH=true RCLONE_CONFIG_H_REGION=us-east-1 RCLONE_CA_CERT=$CA
# With the variable of others in its sight, rclone stops: its own way to trust somebody goes before.
rclone() { env -u AWS_CA_BUNDLE /usr/bin/rclone "$@"; }
touch rclone.conf
rclone copy big h:from-tls/by-rclone
rclone check --download --one-way big h:from-tls/by-rclone
/usr/bin/python3 - <<PYTHON
import socket
import boto3
from botocore.config import Config
# No name server knows the domain of a test.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **named: resolve("127.0.0.1" if str(host).endswith("s3.test") else host, *more, **named)
config = Config(s3={"addressing_style": "virtual"}, signature_version="s3v4")
s3 = boto3.client("s3", endpoint_url="https://s3.test:$port", config=config)
upload = s3.create_multipart_upload(Bucket="from-tls", Key="a b/c")["UploadId"]
part = s3.upload_part(Bucket="from-tls", Key="a b/c", UploadId=upload, PartNumber=1, Body=b"by host")
done = s3.complete_multipart_upload(Bucket="from-tls", Key="a b/c", UploadId=upload,
                                    MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
assert done["Location"] == "https://from-tls.s3.test:$port/a%20b/c", done["Location"]
assert s3.get_object(Bucket="from-tls", Key="a b/c")["Body"].read() == b"by host"
assert "a b/c" in [o["Key"] for o in s3.list_objects_v2(Bucket="from-tls")["Contents"]]
s3.create_bucket(Bucket="made-by-host")
assert s3.head_bucket(Bucket="made-by-host")["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"
PYTHON
