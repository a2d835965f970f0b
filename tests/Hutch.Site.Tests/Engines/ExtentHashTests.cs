using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Engines;

/// <summary>What a store is told of the hashes of extents, so that it need not hash the same bytes once more.</summary>
public sealed class ExtentHashTests : IAsyncLifetime
{
    private const int ExtentBytes = 1 << 20;

    private readonly MemoryLog _log = new(new ShiftedTime());
    private TestSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _site = await TestSite.OpenAsync(new SiteOptions { Engine = new MemoryEngine(_log, static _ => null) });

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task The_hash_of_the_first_extent_of_a_body_is_known_when_it_is_written()
    {
        byte[] content = RandomNumberGenerator.GetBytes((2 * ExtentBytes) + 1);

        using ReceivedBlob blob = (await _site.Site.Intake.ReceiveAsync(
            PipeReader.Create(new MemoryStream(content)), content.Length, Lane.Main, Ct)).Value;

        Assert.Equal(BlobHash.Compute(content), blob.Hash);
        Assert.Equal([BlobHash.Compute(content.AsSpan(0, ExtentBytes)), null, null], _log.Bytes.Hashes);
    }

    [Fact]
    public async Task The_hash_that_goes_through_all_parts_of_an_upload_is_not_taken_for_that_of_a_later_part()
    {
        SiteDataset dataset = await _site.CreateAsync("parts");
        SiteUpload upload = (await _site.Site.Uploads.StartAsync(
            dataset.Id, DatasetPath.Parse("x").Value, Entry.File(default, 0), null, "anna", Ct)).Value;
        foreach (int number in (int[])[1, 2])
        {
            byte[] part = RandomNumberGenerator.GetBytes(ExtentBytes);
            Assert.True((await _site.Site.Uploads.PutPartAsync(
                upload, number, PipeReader.Create(new MemoryStream(part)), part.Length, static () => new((string?)null), Ct)).IsOk);
        }

        Assert.Equal([null, null], _log.Bytes.Hashes);
    }
}
