using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>One server makes a dataset last while another one writes into it.</summary>
public sealed class SharedKeepTests(PostgresServer postgres) : TwoServerTests(postgres)
{
    private static readonly byte[] Small = RandomNumberGenerator.GetBytes(2000);
    private static readonly byte[] Large = RandomNumberGenerator.GetBytes((9 << 20) + 3);

    [Fact]
    public async Task Files_that_another_server_writes_during_a_keep_become_permanent_too()
    {
        DatasetId dataset = await CreateAsync();
        var hashes = new List<BlobHash>();
        A.Site.Site.Keeper.Reached = async step =>
        {
            await CatchUpAsync();
            foreach (byte[] content in new[] { Small[(int)(step + 1)..], Large[(int)(step + 1)..] })
            {
                Assert.True((await B.Site.PutAsync(dataset, $"{content.Length} at {step}", content)).IsOk);
                hashes.Add(BlobHash.Compute(content));
            }
        };

        Result<CopiedTotals> kept = await A.Site.Site.Keeper.KeepAsync(dataset, "anna", Ct);

        Assert.True(kept.IsOk, kept.Error?.Message);
        Assert.Equal(6, hashes.Count);
        foreach (BlobHash hash in hashes)
        {
            Assert.True(await B.Site.Site.Blobs.IsStoredForAsync(hash, Lane.Main, Ct));
        }
    }

    [Theory]
    [InlineData(KeepPhase.Begun)]
    [InlineData(KeepPhase.Listed)]
    [InlineData(KeepPhase.Copied)]
    public async Task What_was_on_its_way_to_what_ends_at_another_server_is_refused(KeepPhase at)
    {
        DatasetId dataset = await CreateAsync();
        Lane lane = (await B.Site.Site.Lanes.ForWritingAsync(dataset, Ct)).Value;
        using ReceivedBlob small = await ReceiveAsync(Small, lane);
        using ReceivedBlob large = await ReceiveAsync(Large, lane);
        var refused = new List<ErrorCode?>();
        A.Site.Site.Keeper.Reached = async step =>
        {
            if (step == at)
            {
                refused.Add((await PutAsync(dataset, "small", small)).Error?.Code);
                refused.Add((await PutAsync(dataset, "large", large)).Error?.Code);
            }
        };

        Result<CopiedTotals> kept = await A.Site.Site.Keeper.KeepAsync(dataset, "anna", Ct);

        Assert.True(kept.IsOk, kept.Error?.Message);
        Assert.Equal([ErrorCode.Unavailable, ErrorCode.Unavailable], refused);
    }

    [Fact]
    public async Task Two_servers_do_not_keep_the_same_dataset_at_once()
    {
        DatasetId dataset = await CreateAsync();
        Result<CopiedTotals>? other = null;
        A.Site.Site.Keeper.Reached = async step =>
        {
            if (step == KeepPhase.Listed)
            {
                other = await B.Site.Site.Keeper.KeepAsync(dataset, "anna", Ct);
            }
        };

        Result<CopiedTotals> kept = await A.Site.Site.Keeper.KeepAsync(dataset, "anna", Ct);

        Assert.True(kept.IsOk, kept.Error?.Message);
        Assert.Equal(ErrorCode.Conflict, other?.Error?.Code);
    }

    [Fact]
    public async Task When_the_server_that_keeps_it_is_gone_another_one_keeps_it()
    {
        DatasetId dataset = await CreateAsync();
        var stays = new TaskCompletionSource();
        var listed = new TaskCompletionSource();
        A.Site.Site.Keeper.Reached = step =>
        {
            listed.TrySetResult();
            return stays.Task;
        };
        Task<Result<CopiedTotals>> gone = A.Site.Site.Keeper.KeepAsync(dataset, "anna", Ct);
        await listed.Task;

        // Two minutes later, by the log.
        Database.Run("UPDATE site_head SET time_ms = time_ms + 120000");
        Result<CopiedTotals> kept = await B.Site.Site.Keeper.KeepAsync(dataset, "anna", Ct);
        stays.SetResult();

        Assert.True(kept.IsOk, kept.Error?.Message);
        Assert.True((await gone).IsOk);
    }

    private async Task<DatasetId> CreateAsync()
    {
        DatasetId dataset = (await A.Site.Site.Lifecycle.CreateAsync(
            new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = "grid", By = "anna", TransientDays = 1 }, Ct)).Value.Id;
        Assert.True((await A.Site.PutAsync(dataset, "before", "before")).IsOk);
        await CatchUpAsync();
        return dataset;
    }

    private async Task CatchUpAsync() => await B.CaughtUpAsync(Database.Ask<long>("SELECT last_sequence FROM site_head"));

    private async Task<ReceivedBlob> ReceiveAsync(byte[] content, Lane lane) =>
        (await B.Site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, lane, Ct)).Value;

    private Task<Result<bool>> PutAsync(DatasetId dataset, string path, ReceivedBlob blob) => B.Site.Site.Entries.PutAsync(
        dataset, DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, Ct);
}
