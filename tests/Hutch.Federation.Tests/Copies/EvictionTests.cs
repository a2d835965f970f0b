using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site;
using Hutch.Site.Write.Blobs;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A home gives up bytes that another site holds, and nothing that it has acknowledged is lost.</summary>
/// <remarks>Each has its own sites: the home starts again, at another address, which the zone notes once a minute.</remarks>
public sealed class EvictionTests : IAsyncLifetime
{
    private readonly TwoSites _sites = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _sites.InitializeAsync();

    public ValueTask DisposeAsync() => _sites.DisposeAsync();

    [Fact]
    public async Task What_a_home_has_given_up_reads_as_before_and_comes_back_when_it_is_recalled()
    {
        DatasetId id = await Copied.MakeAsync(_sites.Archive.Admin, "evicted");
        await CloseAndCopyAsync(id, 2);
        string[] paths =
        [
            $"datasets/{id}/entries/readme.txt", $"datasets/{id}/entries/empty", $"datasets/{id}/entries/raw/frame-041.bin",
            $"datasets/{id}/entries/raw/deep/er/middle.bin", $"datasets/{id}/entries/large.bin", $"datasets/{id}/files?at=@1",
        ];
        string[] before = await AnswersAsync(paths);

        await EvictAsync(id);
        await _sites.Archive.RestartAsync();
        BlobContent[] begun = await FindAllAsync(id);
        await _sites.Archive.Site.Collector.CollectAsync(Ct);
        bool hasGone = await LackingAsync(id) is not null;
        BlobHash[] read = [.. await Task.WhenAll(begun.Select(static async one => BlobHash.Compute(await one.ReadAllAsync(64 << 20, Ct))))];
        string[] away = await AnswersAsync(paths);
        await _sites.Archive.RestartAsync();
        await _sites.Archive.Site.Collector.CollectAsync(Ct);
        HutchError derived = (await Assert.ThrowsAsync<HutchException>(() => _sites.Archive.Admin.CreateDatasetAsync(
            new CreateDataset { Name = "child", Parents = [new ParentReference { Dataset = id.ToString() }], Copy = true }, Ct))).Error;
        EvictionInfo known = await _sites.Archive.Admin.GetEvictionAsync(id, Ct);
        string? shown = (await _sites.Archive.Admin.GetDatasetAsync(id, Ct)).Eviction;
        EvictionInfo again = await _sites.Archive.Admin.EvictAsync(id, new EvictDataset(), Ct);
        EvictionInfo recalled = await _sites.Archive.Admin.RecallAsync(id, Ct);
        await UntilAsync(id, null);
        BlobHash? lacking = await LackingAsync(id);
        await _sites.Archive.Site.Collector.CollectAsync(Ct);
        await _sites.Archive.RestartAsync();
        string[] back = await AnswersAsync(paths);

        Assert.True(hasGone);
        Assert.Equal(begun.Select(static one => one.Hash), read); // those that were here when they were looked up
        Assert.Equal(before, away);
        Assert.Contains("Other sites hold the bytes of 'admin/evicted'", derived.Message, StringComparison.Ordinal);
        Assert.Equal(("evicted", "evicted", "evicted"), (known.State, shown, again.State));
        Assert.Equal(("the site of the zone", true), (Assert.Single(known.Sites).Site, known.Sites[0].Holds));
        Assert.Equal("recalling", recalled.State);
        Assert.Null(lacking);
        Assert.Null(await LackingAsync(id));
        Assert.Equal(before, back);
        Assert.Equal("here", (await _sites.Archive.Admin.GetEvictionAsync(id, Ct)).State);
        Assert.Null(await _sites.Zone.Site.CopyHolds.FindAsync(id, Ct));
    }

    [Fact]
    public async Task Bytes_that_another_dataset_has_too_stay()
    {
        DatasetId id = await TwoSites.MakeAsync(_sites.Archive.Admin, "shared");
        byte[] bytes = Copied.Bytes(200_000, 99);
        await _sites.Archive.Admin.PutEntryAsync(id, "shared.bin", bytes, ct: Ct);
        await CloseAndCopyAsync(id, 1);
        DatasetInfo child = await _sites.Archive.Admin.CreateDatasetAsync(
            new CreateDataset { Name = "sharing", Parents = [new ParentReference { Dataset = id.ToString() }], Copy = true }, Ct);

        await EvictAsync(id);
        await _sites.Archive.RestartAsync();
        await _sites.Archive.Site.Collector.CollectAsync(Ct);

        Assert.Null(await LackingAsync(id));
        Assert.NotNull(await _sites.Archive.Site.Blobs.FindPermanentAsync(BlobHash.Compute(bytes), Ct));
        await _sites.Archive.Admin.GetDatasetAsync(child.Id, Ct);
    }

    [Fact]
    public async Task Nothing_goes_before_as_many_sites_hold_it_as_were_wanted()
    {
        DatasetId id = await TwoSites.MakeAsync(_sites.Archive.Admin, "wanted");
        await CloseAndCopyAsync(id, 1);

        Assert.True((await _sites.Archive.Site.Evictions.RequestAsync(id, 2, "admin", Ct)).IsOk);
        HutchError tooFew = (await Assert.ThrowsAsync<HutchException>(
            () => _sites.Archive.Admin.EvictAsync(id, new EvictDataset { Holders = 3 }, Ct))).Error;
        while (await _sites.Zone.Site.CopyHolds.FindAsync(id, Ct) is null)
        {
            await Task.Delay(20, Ct);
        }

        await _sites.Archive.RestartAsync();
        await _sites.Archive.Site.Collector.CollectAsync(Ct);
        BlobHash? lacking = await LackingAsync(id);
        EvictionState? state = (await _sites.Archive.Site.Evictions.FindAsync(id, Ct))!.Eviction?.State;
        await _sites.Archive.Site.Evictions.RecallAsync(id, Ct);
        await UntilAsync(id, null);

        Assert.Null(lacking);
        Assert.Equal(EvictionState.Wanted, state);
        Assert.Equal("The bytes of admin/wanted can leave when 3 other sites hold them. Copies, complete or planned: 1.", tooFew.Message);
        Assert.Null(await _sites.Zone.Site.CopyHolds.FindAsync(id, Ct));
    }

    /// <summary>What is asked anywhere is done at the home.</summary>
    [Fact]
    public async Task An_open_dataset_is_not_evicted_at_its_home_or_through_another_site()
    {
        DatasetId open = await TwoSites.MakeAsync(_sites.Archive.Admin, "open");
        DatasetId copied = await _sites.MakeCopiedAsync("copied");
        await AskCopyAsync(_sites, open, 1);

        HutchError isOpen = await RefusedAsync(() => _sites.Archive.Admin.EvictAsync(open, new EvictDataset(), Ct));
        HutchError isElsewhere = await RefusedAsync(() => _sites.Archive.Admin.GetEvictionAsync(copied, Ct));
        HutchError isPassedOn = await RefusedAsync(() => _sites.Archive.Admin.EvictAsync(copied, new EvictDataset(), Ct));
        HutchError isNone = await RefusedAsync(() => _sites.Archive.Admin.EvictAsync(open, new EvictDataset { Holders = 0 }, Ct));

        Assert.Contains("open", isOpen.Message, StringComparison.Ordinal);
        Assert.Contains("The home of admin/copied is another site", isElsewhere.Message, StringComparison.Ordinal);
        Assert.Contains("open", isPassedOn.Message, StringComparison.Ordinal);
        Assert.Contains("At least 1 and at most 16 sites", isNone.Message, StringComparison.Ordinal);
        Assert.Equal("here", (await _sites.Archive.Admin.GetEvictionAsync(open, Ct)).State);
    }

    private static async Task<HutchError> RefusedAsync(Func<Task> ask) => (await Assert.ThrowsAsync<HutchException>(ask)).Error;

    private async Task CloseAndCopyAsync(DatasetId id, long snapshot)
    {
        await _sites.Archive.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);
        await AskCopyAsync(_sites, id, snapshot);
    }

    /// <summary>Has the zone's site copy a dataset of the archive, and waits for it.</summary>
    private static async Task AskCopyAsync(TwoSites sites, DatasetId id, long snapshot)
    {
        while (true)
        {
            try
            {
                await sites.Zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "facility" }, Ct);
                break;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                await Task.Delay(20, Ct);
            }
        }

        await Copied.UntilCompleteAsync(sites.Zone.Admin, id, "facility", snapshot);
    }

    private async Task EvictAsync(DatasetId id)
    {
        while (!await TryAskAsync(id))
        {
            await Task.Delay(20, Ct);
        }

        await UntilAsync(id, EvictionState.Evicted);
    }

    /// <summary>The site hears of the copy from the zone a moment after the zone knows it.</summary>
    private async Task<bool> TryAskAsync(DatasetId id)
    {
        try
        {
            return (await _sites.Archive.Admin.EvictAsync(id, new EvictDataset(), Ct)).State == "wanted";
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Conflict)
        {
            return false;
        }
    }

    private async Task UntilAsync(DatasetId id, EvictionState? state)
    {
        while ((await _sites.Archive.Site.Evictions.FindAsync(id, Ct))!.Eviction?.State != state)
        {
            await Task.Delay(20, Ct);
        }
    }

    private async Task<BlobHash?> LackingAsync(DatasetId id) => await _sites.Archive.Site.Evictions.FindLackingAsync(
        (await _sites.Archive.Site.Evictions.FindAsync(id, Ct))!, Ct);

    /// <summary>The content of each file of the home, as it is found now.</summary>
    private async Task<BlobContent[]> FindAllAsync(DatasetId id)
    {
        SiteServices site = _sites.Archive.Site;
        var found = new List<BlobContent>();
        await foreach (PathEntry entry in site.Heads.EnumerateAsync((await site.Heads.ResolveAsync(id, null, Ct)).Value, "", Ct))
        {
            if (entry.Entry.Kind == EntryKind.File)
            {
                found.Add((await site.Blobs.FindAsync(id, entry.Entry.Hash, Ct))!);
            }
        }

        return [.. found];
    }

    private async Task<string[]> AnswersAsync(string[] paths)
    {
        var answers = new List<string>();
        foreach (string path in paths)
        {
            answers.Add(await Copied.AnswerAsync(_sites.Archive.Address, _sites.Archive.AdminToken, path));
        }

        return [.. answers];
    }
}
