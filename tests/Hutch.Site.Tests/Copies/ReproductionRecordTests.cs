using System.Text;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Tests.Sites;

namespace Hutch.Site.Tests.Copies;

/// <summary>The records of an eviction that relies on a program, wherever the server stops between two of them.</summary>
public sealed class ReproductionRecordTests : IAsyncLifetime
{
    private static readonly Guid Run = new(1, 2, 3, new byte[8]);

    private TestSite _site = null!;
    private SiteDataset _input = null!;
    private SiteDataset _results = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Evictions Evictions => _site.Site.Evictions;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.OpenAsync();
        _input = await MakeAsync("scan", ("a", "the scan"));
        _results = await MakeAsync("volume", ("volume", "the volume"), ("hutch-run.log", "the log"));
        BlobHash nonce = (await Evictions.RequestHoldAsync(_input.Id, 1, "anna", Ct)).Value.Eviction!.Nonce;
        await Evictions.RecordRequestedAsync(_input.Id, nonce, "archive", Ct);
        SiteDataset held = (await Evictions.EvictAsync(_input.Id, nonce, new Dictionary<string, string> { ["archive"] = "signed" }, [1], Ct)).Value;
        Assert.Equal((EvictionState.Held, 2), (held.Eviction!.State, held.Eviction.CountHolders()));
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Before_the_decision_all_bytes_stay_and_the_inputs_with_them()
    {
        BlobHash nonce = (await ProposeAsync()).Value.Eviction!.Nonce;
        await CollectAsync();

        Assert.True(await IsStoredAsync("the volume"));
        Assert.Equal("the volume", await ReadAsync("volume"));
        await MustStayAsync();

        // It is given up, and the inputs are free.
        Assert.Null((await Evictions.WithdrawAsync(_results.Id, nonce, Ct)).Value.Eviction);
        Assert.True((await Evictions.RecallAsync(_input.Id, Ct)).IsOk);
        Assert.Equal(ErrorCode.Conflict, (await Evictions.EvictProposedAsync(_results.Id, nonce, Decide, Ct)).Error?.Code);
    }

    [Fact]
    public async Task After_the_decision_all_bytes_go_but_those_that_differ_by_nature()
    {
        await EvictAsync();
        await CollectAsync();

        Assert.Equal((false, true, true), (await IsStoredAsync("the volume"), await IsStoredAsync("the log"), await IsStoredAsync("the scan")));
        Assert.Equal("the log", await ReadAsync("hutch-run.log"));
        HutchError refusal = (await Assert.ThrowsAsync<HutchException>(
            async () => await _site.Site.Blobs.FindAsync(_results.Id, BlobHash.Compute("the volume"u8), Ct))).Error;
        Assert.Equal((ErrorCode.Evicted, Run.ToString("N")), (refusal.Code, refusal.Details!["run"]));
        await MustStayAsync();
        Assert.Equal(ErrorCode.Evicted, (await Evictions.RecallAsync(_results.Id, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Evicted, (await Evictions.RequestAsync(_results.Id, 1, "anna", Ct)).Error?.Code);

        // The end of the results frees the inputs; the trash does not.
        Assert.True((await _site.Site.Lifecycle.TrashAsync(_results.Id, "anna", Ct)).IsOk);
        await MustStayAsync();
        Assert.True((await _site.Site.Lifecycle.PurgeAsync(_results.Id, "no longer", "anna", Ct)).IsOk);
        Assert.True((await Evictions.RecallAsync(_input.Id, Ct)).IsOk);
    }

    [Fact]
    public async Task A_decision_that_changes_its_mind_in_the_commit_evicts_nothing()
    {
        BlobHash nonce = (await ProposeAsync()).Value.Eviction!.Nonce;
        Result<SiteDataset> refused = await Evictions.EvictProposedAsync(
            _results.Id, nonce, static _ => ErrorCode.Conflict.With("A newer statement says otherwise."), Ct);
        await CollectAsync();

        Assert.Contains("newer statement", refused.Error!.Message, StringComparison.Ordinal);
        Assert.True(await IsStoredAsync("the volume"));
        Assert.Equal(ErrorCode.Conflict, (await Evictions.EvictProposedAsync(_results.Id, BlobHash.Compute("another"u8), Decide, Ct)).Error?.Code);
    }

    [Fact]
    public async Task An_interrupted_restore_keeps_the_received_bytes_and_the_missing_ones_stay_evicted()
    {
        await EvictAsync();
        await CollectAsync();
        SiteDataset restoring = (await Evictions.BeginRestoreAsync(_results.Id, Ct)).Value;
        SiteDataset again = await MakeAsync("rerun", ("volume", "the volume"));
        await CollectAsync();
        Assert.True((await _site.Site.Lifecycle.PurgeAsync(again.Id, "no longer", "anna", Ct)).IsOk);
        await CollectAsync();

        Assert.True(await IsStoredAsync("the volume"));
        Assert.Equal(ErrorCode.Conflict, (await Evictions.EndRestoreAsync(_results.Id, BlobHash.Compute("another"u8), isWhole: true, Ct)).Error?.Code);
        Assert.Equal(EvictionState.Evicted, (await Evictions.EndRestoreAsync(_results.Id, restoring.Eviction!.Nonce, isWhole: false, Ct)).Value.Eviction?.State);
        await Evictions.BeginRestoreAsync(_results.Id, Ct);
        Assert.Null((await Evictions.EndRestoreAsync(_results.Id, restoring.Eviction.Nonce, isWhole: true, Ct)).Value.Eviction);
        await CollectAsync();
        Assert.Equal("the volume", await ReadAsync("volume"));
    }

    [Fact]
    public async Task Results_never_go_while_their_input_leaves_however_the_requests_meet()
    {
        var outcomes = new HashSet<(bool, bool)>();
        for (int i = 0; i < 60; i++)
        {
            SiteDataset input = await MakeAsync($"scan-{i}", ("a", $"scan {i}"));
            SiteDataset results = await MakeAsync($"volume-{i}", ("b", $"volume {i}"));
            BlobHash held = (await Evictions.RequestHoldAsync(input.Id, 1, "anna", Ct)).Value.Eviction!.Nonce;
            await Evictions.RecordRequestedAsync(input.Id, held, "archive", Ct);
            await Evictions.EvictAsync(input.Id, held, new Dictionary<string, string> { ["archive"] = "signed" }, [1], Ct);
            using var start = new ManualResetEventSlim();
            Task<bool> evicting = Task.Run(() => TryEvictAsync(results, input, start));
            if (i % 4 == 0)
            {
                // An eviction has two commits, the other only one, which is otherwise the first on a busy machine.
                start.Set();
                await evicting;
            }

            Task<bool> leaving = Task.Run(() => TryLeaveAsync(input, i, start));
            start.Set();
            (bool hasGone, bool hasLeft) = (await evicting, await leaving);

            Assert.False(hasGone && hasLeft);
            outcomes.Add((hasGone, hasLeft));
        }

        Assert.Contains((true, false), outcomes);
    }

    private async Task<bool> TryEvictAsync(SiteDataset results, SiteDataset input, ManualResetEventSlim start)
    {
        Result<Reproduction> Check(SiteQueries queries) =>
            queries.Dataset(input.Id) is { TrashedUntil: null, Ended: null, Eviction.State: EvictionState.Held }
                ? new Reproduction(Run, Run, BlobHash.Compute("key"u8), 1, [new VersionReference(input.Id, 1, input.Root.Page)], [])
                : ErrorCode.Conflict.With("The input is not held.");

        start.Wait(Ct);
        Result<SiteDataset> proposed = await Evictions.ProposeAsync(results.Id, "anna", Check, Ct);
        return proposed.IsOk && (await Evictions.EvictProposedAsync(results.Id, proposed.Value.Eviction!.Nonce, Check, Ct)).IsOk;
    }

    private async Task<bool> TryLeaveAsync(SiteDataset input, int way, ManualResetEventSlim start)
    {
        start.Wait(Ct);
        return (way % 3) switch
        {
            0 => (await Evictions.RecallAsync(input.Id, Ct)).IsOk,
            1 => (await _site.Site.Lifecycle.TrashAsync(input.Id, "anna", Ct)).IsOk,
            _ => (await _site.Site.Lifecycle.PurgeAsync(input.Id, "by law", "anna", Ct)).IsOk,
        };
    }

    private Result<Reproduction> Decide(SiteQueries queries) => new Reproduction(
        Run, Run, BlobHash.Compute("key"u8), 1, [new VersionReference(_input.Id, 1, _input.Root.Page)], [BlobHash.Compute("the log"u8)]);

    private Task<Result<SiteDataset>> ProposeAsync() => Evictions.ProposeAsync(_results.Id, "anna", Decide, Ct);

    private async Task EvictAsync()
    {
        BlobHash nonce = (await ProposeAsync()).Value.Eviction!.Nonce;
        Assert.Equal(EvictionState.Evicted, (await Evictions.EvictProposedAsync(_results.Id, nonce, Decide, Ct)).Value.Eviction?.State);
    }

    /// <summary>Starts again with records that are made from the journal, and collects twice.</summary>
    private async Task CollectAsync()
    {
        await _site.ReopenAsync(withoutDatabase: true);
        await _site.Site.Collector.CollectAsync(Ct);
        await _site.Site.Collector.CollectAsync(Ct);
    }

    private async Task MustStayAsync()
    {
        Assert.Equal(ErrorCode.Conflict, (await Evictions.RecallAsync(_input.Id, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Conflict, (await _site.Site.Lifecycle.TrashAsync(_input.Id, "anna", Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Conflict, (await _site.Site.Lifecycle.PurgeAsync(_input.Id, "by mistake", "anna", Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Conflict, (await Evictions.FindReliantAsync(_input.Id, Ct))?.Code);
        Assert.Contains("'anna/volume'", (await Evictions.FindReliantAsync(_input.Id, Ct))!.Message, StringComparison.Ordinal);
    }

    private async Task<SiteDataset> MakeAsync(string name, params (string Path, string Text)[] files)
    {
        SiteDataset made = await _site.CreateAsync(name);
        foreach ((string path, string text) in files)
        {
            Assert.True((await _site.PutAsync(made.Id, path, Encoding.UTF8.GetBytes(text))).IsOk);
        }

        return (await _site.Site.Lifecycle.CloseAsync(made.Id, "anna", null, Ct)).Value;
    }

    private async Task<bool> IsStoredAsync(string text) =>
        await _site.Site.Blobs.FindPermanentAsync(BlobHash.Compute(Encoding.UTF8.GetBytes(text)), Ct) is not null;

    private async Task<string?> ReadAsync(string path) =>
        await _site.ReadAsync(_results.Id, path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
