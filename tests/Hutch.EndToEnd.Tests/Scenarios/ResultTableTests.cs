using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>The results of an analysis as one HDF5 file that nobody stored, for the programs that people have.</summary>
public sealed class ResultTableTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task H5py_reads_each_value_of_the_rows_over_REST_and_S3()
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
            get() { curl -sS -H 'Authorization: Bearer {{operators.Token}}' "$@"; }
            of() { echo {{operators.Server.Address}}api/v1/datasets/$(hutch info $1 --json | jq -r .id); }
            echo damaged | get -X PUT --data-binary @- $(of one)/entries/000021 >put
            get $(of one)/entries/.hutch/virtual/results.h5 | jq -r .detail
            hutch analyse one --json --d-min 2 >told || true
            results=$(of one-spots)
            get $results/entries/results.jsonl >results.jsonl
            get $results/entries/.hutch/virtual/results.h5 >results.h5
            get "$results/tree?prefix=.hutch/" | jq -r '.. | .path? // empty'
            get -X PUT --data-binary @results.jsonl $(of one)/entries/results.jsonl >put
            hutch close one
            get "$(of one)/tree?prefix=.hutch/&limit=1" >page.json
            jq -c '[.items[].path]' page.json
            get "$(of one)/tree?prefix=.hutch/&limit=1&after=$(jq -r .next page.json)" | jq -c '[.items[].path], .next'
            get "$(of one)/tree?prefix=.hutch/&delimiter=/" | jq -c .
            hutch export one-spots exported.h5 --results && cmp exported.h5 results.h5 && echo "exported the same"
            hutch clone one-spots copy && test ! -e copy/.hutch/virtual && echo "in no clone"
            cat >table.py <<'PROGRAM'
            import json, math, os
            import boto3, h5py, silx.io

            rows = [json.loads(line) for line in open("results.jsonl")]
            with h5py.File("results.h5") as table:
                names = [name.decode() for name in table.attrs["columns"]]
                assert sorted(names) == sorted(table) == sorted({name for row in rows for name in row}), names
                for name in names:
                    isText = h5py.check_string_dtype(table[name].dtype)
                    for got, row in zip(table[name].asstr()[:] if isText else table[name][:], rows, strict=True):
                        wanted = row.get(name)
                        assert got == (wanted or "") if isText else math.isnan(got) if wanted is None else got == wanted, (name, got, wanted)
                print(len(rows), "rows,", sum("error" in row for row in rows), "error,", table["file-number"].dtype, table["n_spots_total"].dtype)
                print(table.attrs["program"].decode(), len(table.attrs["run"]), json.loads(table.attrs["parameters"])["dMin"])
                print(table["estimated_d_min"].attrs["units"].decode() == "\u00c5")
            with silx.io.open("results.h5") as seen:
                print("silx", seen["/n_spots_total"].shape)
            s3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"])
            KEY = ".hutch/virtual/results.h5"
            whole = open("results.h5", "rb").read()
            assert [o["Key"] for o in s3.list_objects_v2(Bucket="one-spots", Prefix=".hutch/")["Contents"]] == [KEY]
            assert KEY not in [o["Key"] for o in s3.list_objects_v2(Bucket="one-spots")["Contents"]]
            assert s3.get_object(Bucket="one-spots", Key=KEY)["Body"].read() == whole
            assert s3.get_object(Bucket="one-spots", Key=KEY, Range="bytes=100-5000")["Body"].read() == whole[100:5001]
            print("S3 has the same bytes")
            PROGRAM
            /usr/bin/python3 table.py
            """,
            Ct)).AssertDone();

        Assert.Contains("There is no '.hutch/virtual/results.h5': it has the rows of 'results.jsonl'", done.Output, StringComparison.Ordinal);
        Assert.Contains("\n.hutch/virtual/results.h5\n", done.Output, StringComparison.Ordinal);
        Assert.Contains("\n[\".hutch/virtual/one.nxs\"]\n[\".hutch/virtual/results.h5\"]\nnull\n", done.Output, StringComparison.Ordinal);
        Assert.Contains($"exported.h5: the results of {operators.Name}/one-spots, ", done.Output, StringComparison.Ordinal);
        Assert.Contains("exported the same", done.Output, StringComparison.Ordinal);
        Assert.Contains("in no clone", done.Output, StringComparison.Ordinal);
        Assert.Contains("21 rows, 1 error, int64 float64", done.Output, StringComparison.Ordinal);
        Assert.Contains("hutch/per-image-analysis 32 2", done.Output, StringComparison.Ordinal);
        Assert.Contains("\nTrue\nsilx (21,)\nS3 has the same bytes", done.Output, StringComparison.Ordinal);
    }
}
