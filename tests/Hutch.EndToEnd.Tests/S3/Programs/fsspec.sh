# h5py and zarr read objects by ranges through fsspec. Debian has no s3fs for Python: fsspec's HTTP file system with presigned addresses, and
# with a small map over boto3 for zarr.
/usr/bin/python3 - <<'PYTHON'
import collections.abc, io, os
import boto3, fsspec, h5py, numpy, zarr
from botocore.config import Config

BUCKET = "from-fsspec"
s3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"], config=Config(signature_version="s3v4"))
s3.create_bucket(Bucket=BUCKET)
numbers = numpy.arange(3_000_000, dtype="i8").reshape(300, 10_000)

buffer = io.BytesIO()
with h5py.File(buffer, "w") as file:
    file.create_dataset("numbers", data=numbers, chunks=(10, 10_000), compression="gzip")
s3.put_object(Bucket=BUCKET, Key="numbers.h5", Body=buffer.getvalue())
url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "numbers.h5"}, ExpiresIn=600)
with fsspec.open(url, block_size=1 << 16) as remote, h5py.File(remote, "r") as file:
    assert (file["numbers"][123] == numbers[123]).all()

class Bucket(collections.abc.MutableMapping):
    """The least that zarr wants of a store."""
    def __getitem__(self, key):
        try:
            return s3.get_object(Bucket=BUCKET, Key="z/" + key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            raise KeyError(key)
    def __setitem__(self, key, value): s3.put_object(Bucket=BUCKET, Key="z/" + key, Body=bytes(value))
    def __delitem__(self, key): s3.delete_object(Bucket=BUCKET, Key="z/" + key)
    def __iter__(self):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="z/"):
            yield from (o["Key"][2:] for o in page.get("Contents", []))
    def __len__(self): return sum(1 for _ in self)

zarr.open_array(Bucket(), mode="w", shape=numbers.shape, chunks=(100, 10_000), dtype="i8")[:] = numbers
assert (zarr.open_array(Bucket(), mode="r")[250] == numbers[250]).all()
PYTHON
