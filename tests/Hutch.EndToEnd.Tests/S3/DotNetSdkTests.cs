using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.S3;

/// <summary>The AWS SDK for .NET as it comes: signed chunks with checksums in trailers.</summary>
public sealed class DotNetSdkTests(SharedServer shared)
{
    private const string Bucket = "from-dotnet";
    private const int PartBytes = 5 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_AWS_SDK_for_NET_works_unmodified()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        using AmazonS3Client client = await ConnectAsync(ada);
        await client.PutBucketAsync(Bucket, Ct);

        await PutAndGetAsync(client);
        await PutInPartsAsync(client);
        await ListCopyAndDeleteAsync(client);
        await BeRefusedAsync(client);
    }

    private static async Task<AmazonS3Client> ConnectAsync(Account person)
    {
        (string access, string secret) = await person.NewS3KeyAsync(Ct);
        return new AmazonS3Client(new BasicAWSCredentials(access, secret), new AmazonS3Config
        {
            ServiceURL = person.Server.S3.GetLeftPart(UriPartial.Authority),
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 0,
        });
    }

    private static async Task PutAndGetAsync(AmazonS3Client client)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(300_000);
        var put = new PutObjectRequest { BucketName = Bucket, Key = "a b/ü+%.bin", InputStream = new MemoryStream(bytes), ContentType = "application/x-test" };
        put.Metadata["colour"] = "blue";
        PutObjectResponse stored = await client.PutObjectAsync(put, Ct);
        using GetObjectResponse got = await client.GetObjectAsync(Bucket, put.Key, Ct);
        GetObjectMetadataResponse head = await client.GetObjectMetadataAsync(Bucket, put.Key, Ct);
        using GetObjectResponse range = await client.GetObjectAsync(
            new GetObjectRequest { BucketName = Bucket, Key = put.Key, ByteRange = new ByteRange(1000, 1999) }, Ct);

        Assert.Equal(bytes, await ReadAsync(got));
        Assert.Equal(bytes[1000..2000], await ReadAsync(range));
        Assert.Equal(stored.ETag, got.ETag);
        Assert.Equal(("application/x-test", "blue", bytes.Length), (head.Headers.ContentType, head.Metadata["colour"], head.ContentLength));
    }

    private static async Task PutInPartsAsync(AmazonS3Client client)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes((2 * PartBytes) + 12345);
        InitiateMultipartUploadResponse begun = await client.InitiateMultipartUploadAsync(Bucket, "parts", Ct);
        var parts = new List<PartETag>();
        foreach (int number in (int[])[3, 1, 2])
        {
            byte[] part = bytes.AsSpan((number - 1) * PartBytes, Math.Min(PartBytes, bytes.Length - ((number - 1) * PartBytes))).ToArray();
            UploadPartResponse uploaded = await client.UploadPartAsync(
                new UploadPartRequest { BucketName = Bucket, Key = "parts", UploadId = begun.UploadId, PartNumber = number, InputStream = new MemoryStream(part) }, Ct);
            parts.Add(new PartETag(number, uploaded.ETag));
        }

        await client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = Bucket, Key = "parts", UploadId = begun.UploadId, PartETags = [.. parts.OrderBy(p => p.PartNumber)] }, Ct);
        using GetObjectResponse got = await client.GetObjectAsync(Bucket, "parts", Ct);

        Assert.Equal(bytes, await ReadAsync(got));
    }

    private static async Task ListCopyAndDeleteAsync(AmazonS3Client client)
    {
        await client.CopyObjectAsync(Bucket, "parts", Bucket, "copies/parts", Ct);
        ListObjectsV2Response root = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Delimiter = "/" }, Ct);
        DeleteObjectsResponse deleted = await client.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = Bucket, Objects = [new KeyVersion { Key = "parts" }, new KeyVersion { Key = "copies/parts" }] }, Ct);
        ListObjectsV2Response rest = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket }, Ct);

        Assert.Equal(["parts"], root.S3Objects.Select(o => o.Key));
        Assert.Equal(["a b/", "copies/"], root.CommonPrefixes);
        Assert.Equal(2, deleted.DeletedObjects.Count);
        Assert.Equal(["a b/ü+%.bin"], rest.S3Objects.Select(o => o.Key));
    }

    private static async Task BeRefusedAsync(AmazonS3Client client)
    {
        AmazonS3Exception none = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => client.GetObjectAsync(Bucket, "there is none", Ct));
        AmazonS3Exception full = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => client.DeleteBucketAsync(Bucket, Ct));

        Assert.Equal("NoSuchKey", none.ErrorCode);
        Assert.Equal("BucketNotEmpty", full.ErrorCode);
    }

    private static async Task<byte[]> ReadAsync(GetObjectResponse answer)
    {
        using var bytes = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(bytes, Ct);
        return bytes.ToArray();
    }
}
