using Hutch.Agent;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A facility whose agent removes files whose time is over, and an archive that holds them before.</summary>
public sealed class FacilityEvictionTests : IAsyncLifetime
{
    private const string Over = "DataId: session\nHutch:\n  DeniedProviders: [primary]\n  RemovingTime: now\n";

    private readonly string _watched = Directory.CreateTempSubdirectory("hutch-agent-").FullName;
    private SiteServer _facility = null!;
    private SiteServer _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Session => Path.Combine(_watched, "session");

    public async ValueTask InitializeAsync()
    {
        _facility = await SiteServer.StartAsync(agent: new AgentOptions
        {
            Folders = [new WatchedFolderOptions { Watch = _watched, Close = true, Evict = true, Copies = 1 }],
        });
        _archive = await SiteServer.StartAsync("new");
        await _archive.JoinAsync(_facility, "archive");
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _facility.DisposeAsync();
        Directory.Delete(_watched, recursive: true);
    }

    [Fact]
    public async Task Files_whose_time_is_over_stay_until_the_archive_holds_them_then_leave_and_are_read_from_there_and_come_back()
    {
        DatasetId id = await PublishAsync();
        string[] before = await AnswersAsync(id);
        DatasetInfo child = await _facility.Admin.CreateDatasetAsync(
            new CreateDataset { Name = "child", Parents = [new ParentReference { Dataset = id.ToString() }], Copy = true }, Ct);

        // The archive has no copy, so it cannot hold the files, whatever the block requests.
        await File.WriteAllTextAsync(Path.Combine(Session, "SPA.yml"), Over, Ct);
        await UntilWarnedAsync("can leave when 1 other site holds them");
        string[] whileAlone = Files();

        // It has one, and does not hold it yet.
        await _facility.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(_facility.Admin, id, "archive", 1);
        string[] whileCopied = Files();
        EvictionState? whileNotAsked = (await _facility.Site.Evictions.FindAsync(id, Ct))!.Eviction?.State;
        await _facility.RestartAsync();
        await UntilAsync(() => Files().Length == 1);
        EvictionInfo evicted = await _facility.Admin.GetEvictionAsync(id, Ct);
        await UntilAsync(() => File.ReadAllText(Path.Combine(Session, "SPA.yml")).Contains("RemovingTime: removed", StringComparison.Ordinal));
        await _facility.Site.Collector.CollectAsync(Ct);
        string[] away = await AnswersAsync(id);
        BlobHash ofChild = await HashAsync(child.Id, "large.mrc");
        await _facility.RestartAsync();
        string[] awayAgain = await AnswersAsync(id);

        await _facility.Admin.RecallAsync(id, Ct);
        while ((await _facility.Site.Evictions.FindAsync(id, Ct))!.Eviction is not null)
        {
            await Task.Delay(20, Ct);
        }

        await _facility.Site.Collector.CollectAsync(Ct);
        await _archive.StopAsync();
        string[] back = await AnswersAsync(id);
        await _archive.StartAgainAsync();

        Assert.Equal(["SPA.yml", "large.mrc", "raw/a.mrc"], whileAlone);
        Assert.Equal(whileAlone, whileCopied);

        // The agent looks again every five seconds, and may have asked since.
        Assert.True(whileNotAsked is null or EvictionState.Wanted, $"The files were {whileNotAsked} before the archive held them.");
        Assert.Equal(("evicted", "agent"), (evicted.State, evicted.By));
        Assert.Equal(("archive", true), (Assert.Single(evicted.Sites).Site, evicted.Sites[0].Holds));
        Assert.Equal(["SPA.yml"], Files());
        Assert.Equal(before, away);
        Assert.Equal(before, awayAgain);
        Assert.Equal(before, back);
        Assert.Equal(BlobHash.Compute(Copied.Bytes((9 << 20) + 7, 2)), ofChild);
    }

    /// <summary>By hand nobody gives up what stays in a folder: the facility's rules do.</summary>
    [Fact]
    public async Task A_file_that_changes_after_the_dataset_was_closed_keeps_all_of_them()
    {
        DatasetId id = await PublishAsync();
        await _facility.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(_facility.Admin, id, "archive", 1);
        HutchError byHand = (await Assert.ThrowsAsync<HutchException>(
            () => _facility.Admin.EvictAsync(id, new EvictDataset(), Ct))).Error;

        await File.AppendAllTextAsync(Path.Combine(Session, "raw", "a.mrc"), "one frame more", Ct);
        await File.WriteAllTextAsync(Path.Combine(Session, "SPA.yml"), Over, Ct);
        await UntilWarnedAsync("the folder differs from the last snapshot");

        Assert.Contains("in a folder of the facility", byHand.Message, StringComparison.Ordinal);
        Assert.Equal(["SPA.yml", "large.mrc", "raw/a.mrc"], Files());
        Assert.Null((await _facility.Site.Evictions.FindAsync(id, Ct))!.Eviction);
    }

    /// <summary>Lets an acquisition begin and end, and waits until its dataset is closed.</summary>
    private async Task<DatasetId> PublishAsync()
    {
        Directory.CreateDirectory(Path.Combine(Session, "raw"));
        await File.WriteAllTextAsync(Path.Combine(Session, ".running"), "", Ct);
        await File.WriteAllBytesAsync(Path.Combine(Session, "raw", "a.mrc"), Copied.Bytes(5000, 1), Ct);
        await File.WriteAllBytesAsync(Path.Combine(Session, "large.mrc"), Copied.Bytes((9 << 20) + 7, 2), Ct);
        await File.WriteAllTextAsync(Path.Combine(Session, "SPA.yml"), "DataId: session\n", Ct);
        while (true)
        {
            if (await _facility.Site.FolderRecords.InFolderAsync(Session, Ct) is { } made)
            {
                File.Delete(Path.Combine(Session, ".running"));
                if (made.Closed is not null)
                {
                    return made.Id;
                }
            }

            await Task.Delay(50, Ct);
        }
    }

    private async Task UntilWarnedAsync(string text)
    {
        while (!(await _facility.Site.Warnings.ReadAsync(Ct)).Any(one => one.Message.Contains(text, StringComparison.Ordinal)))
        {
            await Task.Delay(50, Ct);
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(20, Ct);
        }
    }

    private string[] Files() =>
    [
        .. Directory.GetFiles(Session, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Session, path))
            .Where(path => !path.StartsWith(".hutch-", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    private async Task<BlobHash> HashAsync(DatasetId id, string path)
    {
        using HttpResponseMessage answer = await _facility.Admin.OpenEntryAsync(id, null, path, 0, Ct);
        return BlobHash.Compute(await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    private async Task<string[]> AnswersAsync(DatasetId id)
    {
        var answers = new List<string>();
        foreach (string path in (string[])["entries/raw/a.mrc", "entries/large.mrc", "entries/SPA.yml", "files?at=@1"])
        {
            answers.Add(await Copied.AnswerAsync(_facility.Address, _facility.AdminToken, $"datasets/{id}/{path}"));
        }

        return [.. answers];
    }
}
