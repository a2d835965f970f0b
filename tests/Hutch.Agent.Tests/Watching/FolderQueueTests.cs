using Hutch.Agent.Rules;
using Hutch.Agent.Watching;

namespace Hutch.Agent.Tests.Watching;

public sealed class FolderQueueTests
{
    private static readonly FolderRule Rule = FolderRule.From(new WatchedFolderOptions { Watch = "/data" }).Value;

    private readonly FolderQueue _queue = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_is_given_once_with_all_reasons_and_directories()
    {
        Add("/data/a", ScanReasons.Start, "x");
        Add("/data/a", ScanReasons.Changed, "y");
        Add("/data/b", ScanReasons.Changed);

        FolderScanRequest request = await _queue.TakeAsync(Ct);

        Assert.Equal(("/data/a", ScanReasons.Start | ScanReasons.Changed, 1), (request.Folder, request.Reasons, _queue.Count));
        Assert.Equal(["x", "y"], request.Directories.Order());
        Assert.Equal("/data/b", (await _queue.TakeAsync(Ct)).Folder);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_folder_that_is_taken_comes_again_only_when_it_is_done()
    {
        Add("/data/a", ScanReasons.Changed);
        FolderScanRequest first = await _queue.TakeAsync(Ct);
        Add("/data/a", ScanReasons.Requested);
        Task<FolderScanRequest> second = _queue.TakeAsync(Ct).AsTask();
        Assert.False(second.IsCompleted);

        _queue.Done(first);

        Assert.Equal(ScanReasons.Requested, (await second).Reasons);
        _queue.Done(await second);
        Assert.Equal(0, _queue.Count);
    }

    [Theory]
    [InlineData(ScanReasons.Changed, ScanReasons.Round)]
    [InlineData(ScanReasons.Requested, ScanReasons.Polled)]
    [InlineData(ScanReasons.Polled, ScanReasons.Start)]
    public async Task Urgent_scans_come_first_and_the_others_still_follow(ScanReasons upper, ScanReasons lower)
    {
        foreach (int i in Enumerable.Range(0, 4))
        {
            Add($"/data/lower{i}", lower);
            Add($"/data/upper{i}", upper);
        }

        string order = "";
        while (_queue.Count > 0)
        {
            order += (await _queue.TakeAsync(Ct)).Folder[6];
        }

        Assert.Equal("uuululll", order);
    }

    [Fact]
    public async Task However_much_is_urgent_each_lane_gets_its_share()
    {
        foreach (int i in Enumerable.Range(0, 100))
        {
            Add($"/data/calm{i}", ScanReasons.Round);
            Add($"/data/polled{i}", ScanReasons.Polled);
            Add($"/data/urgent{i}", ScanReasons.Changed);
        }

        var given = new List<char>();
        while (given.Count < 64)
        {
            given.Add((await _queue.TakeAsync(Ct)).Folder[6]);
        }

        Assert.Equal((48, 12, 4), (given.Count(one => one == 'u'), given.Count(one => one == 'p'), given.Count(one => one == 'c')));
    }

    [Fact]
    public async Task A_folder_that_becomes_urgent_while_it_waits_overtakes_the_calm_ones_and_is_given_once()
    {
        Add("/data/a", ScanReasons.Start);
        Add("/data/b", ScanReasons.Start);
        Add("/data/b", ScanReasons.Changed);

        Assert.Equal("/data/b", (await _queue.TakeAsync(Ct)).Folder);
        Assert.Equal("/data/a", (await _queue.TakeAsync(Ct)).Folder);
        Assert.False(_queue.TakeAsync(Ct).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        Task<FolderScanRequest> take = _queue.TakeAsync(stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);
    }

    [Fact]
    public async Task No_two_consumers_ever_have_the_same_folder()
    {
        var held = new HashSet<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        int taken = 0;
        Task[] consumers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(Consume, Ct))];
        for (int i = 0; i < 20_000; i++)
        {
            Add($"/data/{i % 7}", i % 3 == 0 ? ScanReasons.Round : ScanReasons.Changed);
        }

        while (_queue.Count > 0)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Task.WhenAll(consumers);
        Assert.True(taken >= 7);
        Assert.Empty(held);

        async Task Consume()
        {
            try
            {
                while (true)
                {
                    FolderScanRequest request = await _queue.TakeAsync(stop.Token);
                    lock (held)
                    {
                        Assert.True(held.Add(request.Folder));
                        taken++;
                    }

                    await Task.Yield();
                    lock (held)
                    {
                        held.Remove(request.Folder);
                    }

                    _queue.Done(request);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    private void Add(string folder, ScanReasons reasons, params string[] directories) =>
        _queue.Add(new FolderScanRequest(folder, Rule) { Reasons = reasons, Directories = new HashSet<string>(directories) });
}
