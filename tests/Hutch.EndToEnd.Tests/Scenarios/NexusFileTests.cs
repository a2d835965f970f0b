using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A closed series as one NeXus file that nobody stored, for the programs that people have.</summary>
public sealed class NexusFileTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task H5py_and_silx_read_it_by_ranges_and_the_export_is_the_same_file()
    {
        using Account operators = await shared.NewAccountAsync(Ct);

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            hutch simulate dataset sim --detector small --images 60
            hutch ingest sim_master.h5 one
            url={{operators.Server.Address}}api/v1/datasets/$(hutch info one --json | jq -r .id)/entries/.hutch/virtual/one.nxs
            get() { curl -sS -H 'Authorization: Bearer {{operators.Token}}' "$@"; }
            get $url | jq -r .detail
            hutch close one
            hutch export one one.nxs
            get $url >virtual.nxs
            cmp one.nxs virtual.nxs && echo "the same file"
            hutch clone one copy && test ! -e copy/.hutch/virtual && echo "in no clone"
            cat >ranges.py <<'PROGRAM'
            import io, sys, urllib.request
            import bitshuffle.h5 # the filter
            import h5py, numpy, silx.io

            class Ranges(io.RawIOBase):
                # A file at a URL, read by ranges of one version.
                def __init__(self, url):
                    self.url, self.at, self.came = url, 0, 0
                    with self.ask("HEAD") as head:
                        self.size, self.tag = int(head.headers["Content-Length"]), head.headers["ETag"]
                def ask(self, method, **more):
                    return urllib.request.urlopen(urllib.request.Request(
                        self.url, method=method, headers={"Authorization": "Bearer {{operators.Token}}", **more}))
                def seekable(self): return True
                def readable(self): return True
                def tell(self): return self.at
                def seek(self, to, whence=0):
                    self.at = to + (0, self.at, self.size)[whence]
                    return self.at
                def readinto(self, to):
                    last = min(self.at + len(to), self.size) - 1
                    if last < self.at:
                        return 0
                    with self.ask("GET", **{"Range": f"bytes={self.at}-{last}", "If-Match": self.tag}) as answer:
                        to[:last + 1 - self.at] = answer.read()
                    self.came += last + 1 - self.at
                    self.at = last + 1
                    return len(to)

            ranges = Ranges(sys.argv[1])
            virtual, master = h5py.File(ranges), h5py.File("sim_master.h5")
            data = virtual["entry/data/data"]
            frame = data[45]
            print("one frame for", ranges.came * 20 < ranges.size, data.shape, data.dtype)
            expected = numpy.concatenate([master["entry/data"][name][()] for name in sorted(master["entry/data"]) if name.startswith("data_")])
            print("pixels", (data[()] == expected).all(), (frame == expected[45]).all())
            print("mask", (virtual["entry/instrument/detector/pixel_mask"][()] == master["entry/instrument/detector/pixel_mask"][()]).all())
            virtual.close() # before the interpreter takes its file away
            with silx.io.open("virtual.nxs") as seen:
                print("silx", seen["/entry/data/data"].shape, silx.io.is_dataset(seen["/entry/data/data"]))
            PROGRAM
            /usr/bin/python3 ranges.py $url
            """,
            Ct)).AssertDone();

        Assert.Contains($"'.hutch/virtual/one.nxs' is made of the frames of a closed dataset, and '{operators.Name}/one' is open.", done.Output, StringComparison.Ordinal);
        Assert.Contains("the same file", done.Output, StringComparison.Ordinal);
        Assert.Contains("in no clone", done.Output, StringComparison.Ordinal);
        Assert.Contains("one frame for True (60, 516, 500) uint16", done.Output, StringComparison.Ordinal);
        Assert.Contains("pixels True True", done.Output, StringComparison.Ordinal);
        Assert.Contains("mask True", done.Output, StringComparison.Ordinal);
        Assert.Contains("silx (60, 516, 500) True", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boto3_finds_it_under_its_prefix_and_reads_ranges_of_it()
    {
        using Account operators = await shared.NewAccountAsync(Ct);
        (string access, string secret) = await operators.NewS3KeyAsync(Ct);

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            unset AWS_CA_BUNDLE AWS_PROFILE
            export S3_URL={{operators.Server.S3.GetLeftPart(UriPartial.Authority)}} AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
            export AWS_ACCESS_KEY_ID={{access}}
            export AWS_SECRET_ACCESS_KEY={{secret}}
            hutch simulate dataset sim --detector small --images 20
            hutch ingest sim_master.h5 one
            hutch export one one.nxs
            cat >objects.py <<'PROGRAM'
            import io, os, random, subprocess, sys
            import boto3
            from botocore.exceptions import ClientError

            s3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"])
            KEY = ".hutch/virtual/one.nxs"
            def keys(**more): return [o["Key"] for o in s3.list_objects_v2(Bucket="one", **more).get("Contents", [])]
            if sys.argv[1] == "open":
                assert keys(Prefix=".hutch/") == []
                try:
                    s3.get_object(Bucket="one", Key=KEY)
                    sys.exit("it was there")
                except ClientError as e:
                    print(e.response["Error"]["Code"])
                sys.exit()

            assert KEY not in keys() and keys(Prefix=".hutch/") == [KEY] and keys(Prefix=".hutch/virtual/", StartAfter=KEY) == []
            folders = s3.list_objects_v2(Bucket="one", Prefix=".hutch/", Delimiter="/")["CommonPrefixes"]
            assert folders == [{"Prefix": ".hutch/virtual/"}], folders
            whole = open("one.nxs", "rb").read()
            head = s3.head_object(Bucket="one", Key=KEY, ChecksumMode="ENABLED")
            assert head["ContentLength"] == len(whole) and head["ContentType"] == "application/x-hdf5" and "ChecksumSHA256" not in head
            listed = s3.list_objects_v2(Bucket="one", Prefix=KEY)["Contents"][0]
            assert (listed["ETag"], listed["Size"]) == (head["ETag"], len(whole))
            assert s3.get_object(Bucket="one", Key=KEY)["Body"].read() == whole
            for i in range(50):
                first = random.randrange(len(whole)); last = random.randrange(first, min(len(whole), first + 200_000))
                got = s3.get_object(Bucket="one", Key=KEY, Range=f"bytes={first}-{last}", IfMatch=head["ETag"])
                assert got["Body"].read() == whole[first:last + 1], (first, last)
            back = io.BytesIO()
            s3.download_fileobj("one", KEY, back) # in parts
            assert back.getvalue() == whole
            # h5py's own S3 client, in a process of its own: bitshuffle brings the filter.
            subprocess.run(["/usr/bin/python3", "-c", '''if True:
                import bitshuffle.h5, h5py, os
                key = {"secret_id": os.environb[b"AWS_ACCESS_KEY_ID"], "secret_key": os.environb[b"AWS_SECRET_ACCESS_KEY"]}
                url = os.environ["S3_URL"] + "/one/.hutch/virtual/one.nxs"
                with h5py.File(url, driver="ros3", aws_region=b"us-east-1", **key) as there, h5py.File("one.nxs") as here:
                    assert (there["entry/data/data"][7] == here["entry/data/data"][7]).all()
                '''], check=True)
            s3.create_bucket(Bucket="copies")
            s3.copy_object(Bucket="copies", Key="one.nxs", CopySource={"Bucket": "one", "Key": KEY})
            assert s3.get_object(Bucket="copies", Key="one.nxs")["Body"].read() == whole
            for write in lambda: s3.put_object(Bucket="copies", Key=KEY, Body=b"x"), lambda: s3.delete_object(Bucket="one", Key=KEY):
                try:
                    write()
                    sys.exit("it was written")
                except ClientError as e:
                    print(e.response["Error"]["Code"])
            PROGRAM
            /usr/bin/python3 objects.py open
            hutch close one
            /usr/bin/python3 objects.py closed
            """,
            Ct)).AssertDone();

        Assert.Matches("\nOperationAborted\n.* is closed at .*\nInvalidArgument\nAccessDenied\n$", done.Output);
    }
}
