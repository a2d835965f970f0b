using System.Security.Cryptography;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Replication.Evicting;

namespace Hutch.Cluster.Tests.Bytes;

/// <summary>A site that several servers share reads anew for a home that is to rely on it: what the object store has counts.</summary>
public sealed class AttestedBytesTests
{
    private static readonly BlobHash Nonce = BlobHash.Compute("a number"u8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5_000, false)]
    [InlineData(5_000, true)]
    [InlineData(3_000_000, false)]
    [InlineData(3_000_000, true)]
    public async Task Bytes_that_are_right_in_the_cache_only_are_not_attested(int length, bool isGone)
    {
        await using CollectingServers servers = await CollectingServers.OpenAsync(TimeProvider.System);
        SiteDataset dataset = await servers[0].CreateAsync("rotten");
        byte[] bytes = RandomNumberGenerator.GetBytes(length);
        await servers[0].PutAsync(dataset, "a.bin", bytes);
        await servers.PackAsync(0);
        Assert.True((await servers[0].Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).IsOk);
        await servers[1].Site.ReadIndex.AwaitAsync(Ct);
        Result<Attested> before = await servers[1].Site.Attester.ReadAsync(dataset.Id, Nonce, Ct);

        foreach (string name in servers.Objects.Keys.ToList())
        {
            Damage(servers, name, isGone);
        }

        await servers[0].VerifyAllAsync();
        Result<Attested> after = await servers[0].Site.Attester.ReadAsync(dataset.Id, Nonce, Ct);

        Assert.True(before.IsOk, before.Error?.Message);
        Assert.Equal(ErrorCode.Quarantined, after.Error?.Code);
    }

    private static void Damage(CollectingServers servers, string name, bool isGone)
    {
        if (isGone)
        {
            servers.Objects.Remove(name);
            return;
        }

        byte[] altered = [.. servers.Objects[name]];
        for (int i = 0; i < altered.Length; i += 100)
        {
            altered[i] ^= 1;
        }

        servers.Objects[name] = altered;
    }
}
