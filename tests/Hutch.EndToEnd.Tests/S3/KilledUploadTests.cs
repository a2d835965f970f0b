using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Hutch.EndToEnd.Tests.S3;

/// <summary>The server is killed (SIGKILL) in the middle of an upload in parts.</summary>
public sealed class KilledUploadTests
{
    private const string Bucket = "killed";
    private const string Key = "large";
    private const int PartBytes = 6 << 20;
    private const int Parts = 5;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_is_completed_after_the_start_and_what_was_not_is_not_there()
    {
        await using S3Site site = await S3Site.StartAsync(Ct);
        byte[] bytes = RandomNumberGenerator.GetBytes(Parts * PartBytes);
        string upload = await BeginAndKillAsync(site, bytes);

        await site.StartAgainAsync(Ct);
        using AmazonS3Client client = site.Connect();
        ListPartsResponse there = await client.ListPartsAsync(new ListPartsRequest { BucketName = Bucket, Key = Key, UploadId = upload }, Ct);
        Assert.Equal([1, 3], there.Parts.Select(part => part.PartNumber ?? 0));
        await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => client.GetObjectAsync(Bucket, Key, Ct));
        List<PartETag> tags = [.. there.Parts.Select(part => new PartETag(part.PartNumber ?? 0, part.ETag))];
        foreach (int number in (int[])[2, 4, 5])
        {
            tags.Add(new PartETag(number, (await PutPartAsync(client, upload, number, bytes)).ETag));
        }

        await client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = Bucket, Key = Key, UploadId = upload, PartETags = [.. tags.OrderBy(tag => tag.PartNumber)] }, Ct);
        await site.Server.KillAsync();

        await site.StartAgainAsync(Ct);
        using AmazonS3Client last = site.Connect();
        using GetObjectResponse got = await last.GetObjectAsync(Bucket, Key, Ct);
        Assert.Equal(SHA256.HashData(bytes), await SHA256.HashDataAsync(got.ResponseStream, Ct));
    }

    /// <summary>Two parts are acknowledged; of a third a half has come when the server is killed.</summary>
    private static async Task<string> BeginAndKillAsync(S3Site site, byte[] bytes)
    {
        using AmazonS3Client client = site.Connect();
        await client.PutBucketAsync(Bucket, Ct);
        string upload = (await client.InitiateMultipartUploadAsync(Bucket, Key, Ct)).UploadId;
        await PutPartAsync(client, upload, 3, bytes);
        await PutPartAsync(client, upload, 1, bytes);
        await using HeldStream half = new(bytes.AsSpan(PartBytes, PartBytes).ToArray(), PartBytes / 2);
        var request = new UploadPartRequest { BucketName = Bucket, Key = Key, UploadId = upload, PartNumber = 2, InputStream = half, PartSize = PartBytes };
        Task<UploadPartResponse> broken = client.UploadPartAsync(request, Ct);
        await half.Reached.WaitAsync(Ct);

        await site.Server.KillAsync();
        half.Release();

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => broken);
        Assert.True(failure is AmazonClientException or HttpRequestException or IOException, failure.ToString());
        return upload;
    }

    private static Task<UploadPartResponse> PutPartAsync(AmazonS3Client client, string upload, int number, byte[] bytes) => client.UploadPartAsync(
        new UploadPartRequest
        {
            BucketName = Bucket,
            Key = Key,
            UploadId = upload,
            PartNumber = number,
            InputStream = new MemoryStream(bytes, (number - 1) * PartBytes, PartBytes),
        },
        Ct);
}
