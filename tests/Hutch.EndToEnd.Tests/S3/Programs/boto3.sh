# boto3 as /usr/bin/python3 has it.
/usr/bin/python3 - <<'PYTHON'
import base64, hashlib, io, os, urllib.request, zlib
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "from-boto3"
s3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"], config=Config(signature_version="s3v4"))
s3.create_bucket(Bucket=BUCKET)
s3.get_waiter("bucket_exists").wait(Bucket=BUCKET)

large = os.urandom(20_000_000)
with open("large", "wb") as file:
    file.write(large)
s3.upload_file("large", BUCKET, "large")
back = io.BytesIO()
s3.download_fileobj(BUCKET, "large", back)
assert back.getvalue() == large
s3.upload_fileobj(io.BytesIO(b"file object"), BUCKET, "fileobj", ExtraArgs={"ContentType": "text/x", "Metadata": {"a": "b"}})
head = s3.head_object(Bucket=BUCKET, Key="fileobj")
assert (head["ContentType"], head["Metadata"], head["ContentLength"]) == ("text/x", {"a": "b"}, 11)

for i in range(25):
    s3.put_object(Bucket=BUCKET, Key="many/%03d" % i, Body=b"x" * i)
for kind in "list_objects", "list_objects_v2":
    pages = s3.get_paginator(kind).paginate(Bucket=BUCKET, Prefix="many/", PaginationConfig={"PageSize": 7})
    assert [o["Size"] for page in pages for o in page["Contents"]] == list(range(25))
for key in "ü +&%/é", "a=b;c", "😀", "per%cent":
    s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode()
    assert key in [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
for algorithm in "CRC32", "SHA1", "SHA256":
    put = s3.put_object(Bucket=BUCKET, Key="sum", Body=b"123456789", ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=BUCKET, Key="sum", ChecksumMode="ENABLED")
    assert got["Body"].read() == b"123456789" and got["Checksum" + algorithm] == put["Checksum" + algorithm]

for algorithm in "CRC32", "SHA1", "SHA256":
    s3.upload_file("large", BUCKET, "large", ExtraArgs={"ChecksumAlgorithm": algorithm})
    back = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", back, ExtraArgs={"ChecksumMode": "ENABLED"})
    assert back.getvalue() == large
    attributes = s3.get_object_attributes(Bucket=BUCKET, Key="large", ObjectAttributes=["Checksum"])
    assert "Checksum" + algorithm in attributes["Checksum"], attributes
# A completion that says what the checksum of the object must be.
for wanted, given in ("CRC32", "AAAAAA=="), ("SHA256", "A" * 43 + "="):
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="said", ChecksumAlgorithm=wanted)["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key="said", UploadId=upload, PartNumber=1, Body=b"123456789", ChecksumAlgorithm=wanted)
    name = "Checksum" + wanted
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"], name: part[name]}]}
    try:
        s3.complete_multipart_upload(Bucket=BUCKET, Key="said", UploadId=upload, MultipartUpload=parts, **{name: given})
        raise AssertionError("the checksum is wrong")
    except ClientError as e:
        assert e.response["Error"]["Code"] == "BadDigest", e
    digest = {"CRC32": lambda b: zlib.crc32(b).to_bytes(4, "big"), "SHA256": lambda b: hashlib.sha256(b).digest()}[wanted]
    whole = base64.b64encode(digest(base64.b64decode(part[name]))).decode() + "-1"
    done = s3.complete_multipart_upload(Bucket=BUCKET, Key="said", UploadId=upload, MultipartUpload=parts, **{name: whole})
    assert done[name] == whole, done

url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "sum"}, ExpiresIn=60)
assert urllib.request.urlopen(url).read() == b"123456789"
# Signature Version 2: what boto3 presigns with when nothing is said, and what it may be told to use.
usual = boto3.client("s3", endpoint_url=os.environ["S3_URL"])
assert urllib.request.urlopen(usual.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "sum"})).read() == b"123456789"
old = boto3.client("s3", endpoint_url=os.environ["S3_URL"], config=Config(signature_version="s3"))
for key in "old/plain", "old/ü +&%/é":
    old.put_object(Bucket=BUCKET, Key=key, Body=b"old", ContentType="text/x", Metadata={"b": "2", "a": "1"})
    got = old.get_object(Bucket=BUCKET, Key=key, ResponseCacheControl="no-store")
    assert (got["Body"].read(), got["Metadata"], got["CacheControl"]) == (b"old", {"a": "1", "b": "2"}, "no-store"), got
    url = old.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key, "ResponseContentType": "text/y"})
    assert "AWSAccessKeyId=" in url
    assert urllib.request.urlopen(url).headers["Content-Type"] == "text/y"
    url = old.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": key, "Metadata": {"a": "3"}, "ContentType": "text/z"})
    urllib.request.urlopen(urllib.request.Request(url, b"new", {"Content-Type": "text/z"}, method="PUT"))
    head = old.head_object(Bucket=BUCKET, Key=key)
    assert (head["Metadata"], head["ContentType"], head["ContentLength"]) == ({"a": "3"}, "text/z", 3), head
old.upload_file("large", BUCKET, "old/large")
old.copy_object(Bucket=BUCKET, Key="old/copy", CopySource={"Bucket": BUCKET, "Key": "old/large"})
assert old.get_object(Bucket=BUCKET, Key="old/copy", PartNumber=2)["Body"].read() == large[8 << 20:16 << 20]
old.put_object_tagging(Bucket=BUCKET, Key="old/copy", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
assert old.get_object_tagging(Bucket=BUCKET, Key="old/copy")["TagSet"] == [{"Key": "a", "Value": "b"}]
assert len(old.list_objects_v2(Bucket=BUCKET, Prefix="old/", MaxKeys=3)["Contents"]) == 3
old.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "old/copy"}, {"Key": "old/large"}]})
parts = s3.get_object_attributes(Bucket=BUCKET, Key="large", ObjectAttributes=["ObjectParts", "ObjectSize"])
assert parts["ObjectSize"] == len(large) and len(parts["ObjectParts"]["Parts"]) == parts["ObjectParts"]["TotalPartsCount"] == 3
assert s3.get_object(Bucket=BUCKET, Key="large", PartNumber=2)["Body"].read() == large[8 << 20:16 << 20]
s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "sum"}, {"Key": "not there"}]})
try:
    s3.get_object(Bucket=BUCKET, Key="sum")
    raise AssertionError("it was deleted")
except s3.exceptions.NoSuchKey:
    pass
try:
    boto3.client("s3", endpoint_url=os.environ["S3_URL"], aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong").list_buckets()
    raise AssertionError("the secret is wrong")
except ClientError as e:
    assert e.response["Error"]["Code"] == "SignatureDoesNotMatch", e
# Uploads by a form (clients' review 6), signed with version 2, as boto3 does by default, and 4.
for client in boto3.client("s3", endpoint_url=os.environ["S3_URL"]), s3:
    form = client.generate_presigned_post(BUCKET, "form/${filename}", {"Content-Type": "text/x"}, [{"Content-Type": "text/x"}, ["content-length-range", 1, 100]])
    parts = [("Content-Disposition: form-data; name=\"%s\"" % name, value) for name, value in form["fields"].items()]
    parts.append(("Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"", "by form"))
    body = "".join("--x1\r\n%s\r\n\r\n%s\r\n" % part for part in parts) + "--x1--\r\n"
    post = urllib.request.Request(form["url"], body.encode(), {"Content-Type": "multipart/form-data; boundary=x1"})
    assert urllib.request.urlopen(post).status == 204
    got = s3.get_object(Bucket=BUCKET, Key="form/a.txt")
    assert (got["Body"].read(), got["ContentType"]) == (b"by form", "text/x"), got
    s3.delete_object(Bucket=BUCKET, Key="form/a.txt")
# The bucket in the name of the host; most resolvers know names below localhost, Python's asks the system's, which may not.
import socket
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **named: resolve("localhost" if str(host).endswith(".localhost") else host, *more, **named)
virtual = boto3.client("s3", endpoint_url=os.environ["S3_URL"].replace("127.0.0.1", "localhost"),
                       config=Config(s3={"addressing_style": "virtual"}, signature_version="s3v4"))
virtual.put_object(Bucket=BUCKET, Key="host/a b+c", Body=b"by host")
assert s3.get_object(Bucket=BUCKET, Key="host/a b+c")["Body"].read() == b"by host"
assert [o["Key"] for o in virtual.list_objects_v2(Bucket=BUCKET, Prefix="host/")["Contents"]] == ["host/a b+c"]
assert (BUCKET + ".localhost") in virtual.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "x"})

bucket = boto3.resource("s3", endpoint_url=os.environ["S3_URL"]).Bucket(BUCKET)
bucket.objects.all().delete()
bucket.delete()
s3.get_waiter("bucket_not_exists").wait(Bucket=BUCKET)
PYTHON

# A narrowed key is the session token.
/usr/bin/python3 - <<'PYTHON'
import boto3, os
s3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"])
s3.create_bucket(Bucket="narrowed")
for key in "raw/in", "out":
    s3.put_object(Bucket="narrowed", Key=key, Body=b"in")
PYTHON
narrow narrowed raw >key && source ./key
/usr/bin/python3 - <<'PYTHON'
import boto3, os
from botocore.exceptions import ClientError

s3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"])
assert [o["Key"] for o in s3.list_objects_v2(Bucket="narrowed")["Contents"]] == ["raw/in"]
assert s3.get_object(Bucket="narrowed", Key="raw/in")["Body"].read() == b"in"
s3.put_object(Bucket="narrowed", Key="raw/new", Body=b"new")
for refused in (lambda: s3.get_object(Bucket="narrowed", Key="out"), lambda: s3.put_object(Bucket="narrowed", Key="new", Body=b"")):
    try:
        refused()
    except ClientError:
        continue
    raise SystemExit("a narrowed key opened more than its folder")
PYTHON
