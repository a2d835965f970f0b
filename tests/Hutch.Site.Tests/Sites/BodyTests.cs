using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;

namespace Hutch.Site.Tests.Sites;

/// <summary>Bodies of all sizes come in as what they are: one member or several extents, named by their hash, whichever way they were written.</summary>
public sealed class BodyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(32 << 10, 0, 0)]
    [InlineData((32 << 10) + 1, 0, 0)]
    [InlineData((300 << 10) + 7, 0, 1)]
    [InlineData(1 << 20, 0, 1)]
    [InlineData((1 << 20) + 1, 2, 1)]
    [InlineData((8 << 20) + 5, 9, 2)]
    [InlineData(17 << 20, 9, 3)]
    public async Task A_body_has_the_hash_of_its_bytes_and_reads_back(int length, int inSegments, int asObjects)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("bodies");
        byte[] content = RandomNumberGenerator.GetBytes(length);

        using ReceivedBlob blob = (await site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), length, Lane.Main, Ct)).Value;
        await site.PutAsync(dataset.Id, "x", content);
        await site.ReopenAsync(static () => { });

        Assert.Equal(BlobHash.Compute(content), blob.Hash);
        bool isShared = site.Site.Engine.Bytes.MaxSmallBytes < BlobOptions.MaxSmallBytes;
        Assert.Equal(isShared ? asObjects : inSegments, blob.Assembled?.Extents.Count ?? 0);
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "x"));
    }

    [Theory]
    [InlineData(null, 4)]
    [InlineData(1L << 20, 1)]
    [InlineData(8L << 20, 1)]
    [InlineData(16L << 20, 2)]
    [InlineData(31L << 20, 3)]
    [InlineData(32L << 20, 4)]
    [InlineData(1L << 40, 4)]
    public void A_short_body_has_short_extents(long? length, int mebibytes) =>
        Assert.Equal(mebibytes << 20, new BlobOptions().ExtentBytesOf(length, 1 << 20));

    [Fact]
    public void No_extent_is_longer_than_what_was_configured() =>
        Assert.Equal(512 << 10, new BlobOptions { ExtentBytes = 512 << 10 }.ExtentBytesOf(8 << 20, 1 << 20));
}
