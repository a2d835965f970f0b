using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Engines;

/// <summary>A store that does not answer is no damage: a clone that took it for one would go on without the files.</summary>
public sealed class AwayStoreTests : IAsyncLifetime
{
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

    [Theory]
    [InlineData(true, "unavailable")]
    [InlineData(false, "quarantined")]
    public async Task Bytes_of_a_store_that_does_not_answer_are_not_called_damaged(bool isAway, string code)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(3 << 20);
        SiteDataset dataset = await _site.CreateAsync("away");
        Assert.True((await _site.PutAsync(dataset.Id, "x", bytes)).IsOk);
        _log.Bytes.Fault = new MemberUnreadableException("Nothing came.", new IOException()) { IsAway = isAway };

        BlobContent content = (await _site.Site.Blobs.FindAsync(dataset.Id, BlobHash.Compute(bytes), Ct))!;
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => content.ReadAllAsync(bytes.Length, Ct));

        Assert.Equal(code, refused.Error.Code.Name);
        _log.Bytes.Fault = null;
        Assert.Equal(bytes, await content.ReadAllAsync(bytes.Length, Ct));
    }
}
