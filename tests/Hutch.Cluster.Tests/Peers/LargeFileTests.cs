using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Write.Pushes;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Small files are in the rows of the log, and what would be much for a database is in the bucket, by whichever way it came.</summary>
public sealed class LargeFileTests(PostgresServer postgres) : TwoServerTests(postgres)
{
    private const int MaxRowBytes = 128 << 10;

    private static readonly int[] Sizes = [1, MaxRowBytes, MaxRowBytes + 1, 1 << 20, (1 << 20) + 1];

    [Fact]
    public async Task Files_that_are_put_one_by_one()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        byte[][] contents = [.. Sizes.Select(RandomNumberGenerator.GetBytes)];
        foreach (byte[] content in contents)
        {
            Assert.True((await A.Site.PutAsync(dataset.Id, $"of {content.Length}", content)).IsOk);
        }

        await CheckAsync(dataset, contents);
    }

    [Fact]
    public async Task Files_that_are_pushed()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        byte[][] contents = [.. Sizes.Select(RandomNumberGenerator.GetBytes)];
        SiteSession session = (await A.Site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        await using (BlobReceiver receiver = (await A.Site.Site.Pushes.ReceiveAsync(session, Ct)).Value)
        {
            foreach (byte[] content in contents)
            {
                Assert.True((await AddAsync(receiver, content)).IsOk);
            }

            Assert.True((await receiver.CompleteAsync(Ct)).IsOk);
        }

        TreeChange[] changes = [.. contents.Select(
            content => new TreeChange(DatasetPath.Parse($"of {content.Length}").Value, Entry.File(BlobHash.Compute(content), content.Length)))];
        Result<SiteSnapshot> pushed = await A.Site.Site.PushCommits.CommitAsync(session, changes, null, Ct);
        Assert.True(pushed.IsOk, pushed.Error?.Message);

        await CheckAsync(dataset, contents);
    }

    private static async Task<Result<Done>> AddAsync(BlobReceiver receiver, byte[] content)
    {
        var body = PipeReader.Create(new MemoryStream(content));
        var hash = BlobHash.Compute(content);
        if (content.Length > BlobReceiver.MaxSmallBytes)
        {
            return await receiver.AddLargeAsync(hash, content.Length, body, Ct);
        }

        Assert.Equal(content.Length, await receiver.FillAsync(body, content.Length, Ct));
        return receiver.Add(hash, content.Length);
    }

    /// <summary>Another server has all of them, and the database only the small ones.</summary>
    private async Task CheckAsync(SiteDataset dataset, byte[][] contents)
    {
        await B.Site.Site.ReadIndex.AwaitAsync(Ct);
        foreach (byte[] content in contents)
        {
            Assert.Equal(content, await B.Site.ReadAsync(dataset.Id, $"of {content.Length}"));
        }

        byte[][] large = [.. contents.Where(static content => content.Length > MaxRowBytes)];
        int small = contents.Except(large).Sum(static content => content.Length);
        Assert.InRange(Database.Ask<long>("SELECT sum(length(bodies)) FROM site_log"), small, small + (20 << 10));
        Assert.Equal(
            large.Sum(static content => content.Length),
            Objects.Keys.Where(static key => key.StartsWith("extents/", StringComparison.Ordinal)).Sum(key => Objects[key].Length));
    }
}
