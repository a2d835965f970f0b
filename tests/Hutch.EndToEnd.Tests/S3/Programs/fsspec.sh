# h5py and zarr read objects by ranges, through fsspec's own file systems and without. Debian has no s3fs for Python: fsspec's HTTP file
# system reads a presigned address or a public bucket, its reference file system makes an array of ranges of an object, and libhdf5 has an
# S3 client of its own. What only zarr's writer needs is a small map over boto3.
cat >test.py <<'PYTHON'
import collections.abc, io, os
import boto3, fsspec, h5py, numpy, zarr
from botocore.config import Config

BUCKET = "from-fsspec"
URL = os.environ["S3_URL"]
s3 = boto3.client("s3", endpoint_url=URL, config=Config(signature_version="s3v4"))
numbers = numpy.arange(3_000_000, dtype="i8").reshape(300, 10_000)

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

def presigned(key):
    return s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key}, ExpiresIn=600)

def h5py_by_fsspec():
    with fsspec.open(presigned("numbers.h5"), block_size=1 << 16) as remote, h5py.File(remote, "r") as file:
        assert (file["numbers"][123] == numbers[123]).all()
        # The last chunk lies far behind the first: only a range of the object can have come.
        assert remote.cache.size == remote.size and len(remote.cache.cache) < remote.size // 2, len(remote.cache.cache)

def h5py_by_the_s3_client_of_libhdf5():
    key = (os.environ["AWS_ACCESS_KEY_ID"].encode(), os.environ["AWS_SECRET_ACCESS_KEY"].encode())
    with h5py.File(f"{URL}/{BUCKET}/numbers.h5", "r", driver="ros3", aws_region=b"us-east-1", secret_id=key[0], secret_key=key[1]) as file:
        assert (file["numbers"][299] == numbers[299]).all()

def zarr_of_ranges_of_an_hdf5_file():
    with fsspec.open(presigned("plain.h5")) as remote, h5py.File(remote, "r") as file:
        chunks = [file["numbers"].id.get_chunk_info(i) for i in range(file["numbers"].id.get_num_chunks())]
    array = zarr.open_array({}, mode="w", shape=numbers.shape, chunks=(10, 10_000), dtype="i8", compressor=None)
    references = {".zarray": array.store[".zarray"].decode()}
    for chunk in chunks:
        references[f"{chunk.chunk_offset[0] // 10}.0"] = [presigned("plain.h5"), chunk.byte_offset, chunk.size]
    mapper = fsspec.get_mapper("reference://", fo=references, remote_protocol="http")
    assert (zarr.open_array(mapper, mode="r")[205:215] == numbers[205:215]).all()

def zarr_by_fsspec():
    zarr.open_array(Bucket(), mode="w", shape=numbers.shape, chunks=(100, 10_000), dtype="i8")[:] = numbers
    assert (zarr.open_array(Bucket(), mode="r")[250] == numbers[250]).all()
    assert len(Bucket()) == 4
    os.system(f"hutch share {BUCKET} --with public") == 0 or exit("it could not be shared")
    assert (zarr.open_array(fsspec.get_mapper(f"{URL}/{os.environ['OWNER']}.{BUCKET}/z"), mode="r")[250] == numbers[250]).all()

s3.create_bucket(Bucket=BUCKET)
for name, compression in ("numbers.h5", "gzip"), ("plain.h5", None):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("numbers", data=numbers, chunks=(10, 10_000), compression=compression)
    s3.put_object(Bucket=BUCKET, Key=name, Body=buffer.getvalue())
h5py_by_fsspec()
h5py_by_the_s3_client_of_libhdf5()
zarr_of_ranges_of_an_hdf5_file()
zarr_by_fsspec()
PYTHON
/usr/bin/python3 test.py
