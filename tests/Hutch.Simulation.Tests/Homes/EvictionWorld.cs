using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Maintenance;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>
/// A closed dataset that three sites have, whose home gives up its bytes and gets them back. At each moment each of its files is whole at the
/// home, or at a site that holds it.
/// </summary>
internal sealed class EvictionWorld : IAsyncDisposable
{
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Random _chance;
    private List<EvictingSite> _sites = [];
    private CancellationTokenSource? _stop;
    private int _messages;
    private int _cut;

    private EvictionWorld(MovingWorld moving, int seed) => (Moving, _chance) = (moving, new Random(seed));

    public MovingWorld Moving { get; }

    public DatasetId Dataset => Moving.Dataset;

    public IReadOnlyList<EvictingSite> Sites => _sites;

    public EvictingSite Home { get; private set; } = null!;

    public EvictingSite Archive => _sites[1];

    public EvictingSite Compute => _sites[2];

    /// <summary>The SHA-256 of each file.</summary>
    public IEnumerable<BlobHash> Files => _files.Values.Select(static bytes => BlobHash.Of(bytes));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="seed">Of what happens by chance.</param>
    /// <param name="isArchiveHome">Whether the home is not the site of the zone.</param>
    public static async Task<EvictionWorld> StartAsync(int seed, bool isArchiveHome = false)
    {
        MovingWorld moving = await MovingWorld.StartAsync(seed);
        moving.IsFaulty = false;
        var world = new EvictionWorld(moving, seed);
        foreach (int bytes in (int[])[30_000, 40_000, (1 << 20) + 70_000])
        {
            var content = new byte[bytes];
            new Random(seed + bytes).NextBytes(content);
            string path = $"{bytes}.bin";
            Assert.True((await moving.Sites[0].WriteAsync(moving.Dataset, path, content)).IsOk);
            world._files[path] = content;
        }

        await moving.SettleAsync();
        if (isArchiveHome)
        {
            await moving.BackUpAsync();
            await moving.AskAsync(moving.Sites[1]);
            await moving.SettleAsync();
        }

        MovingSite home = moving.Sites[isArchiveHome ? 1 : 0];
        Assert.True((await home.Site.Lifecycle.CloseAsync(moving.Dataset, "ada", null, Ct)).IsOk);
        await moving.SettleAsync();
        world._sites = [.. moving.Sites.Select(site => new EvictingSite(world, site))];
        world.Home = world._sites[isArchiveHome ? 1 : 0];
        return world;
    }

    public EvictingSite Of(string siteId) => _sites.Single(one => one.Site.Id == siteId);

    /// <summary>How far the home is.</summary>
    public async Task<EvictionState?> StateAsync() => (await Home.Site.FindAsync(Dataset))!.Eviction?.State;

    public async Task WantAsync(int holders)
    {
        Result<SiteDataset> wanted = await Home.Site.Site.Evictions.WantAsync(Dataset, holders, "ada", Ct);
        Assert.True(wanted.IsOk, wanted.Error?.Message);
    }

    public async Task RecallAsync() => Assert.True((await Home.Site.Site.Evictions.RecallAsync(Dataset, Ct)).IsOk);

    /// <summary>Steps until the home is so far, or for long enough to say that it does not get there.</summary>
    public async Task<EvictionState?> UntilAsync(EvictionState? state)
    {
        for (int i = 0; i < 12 && await StateAsync() != state; i++)
        {
            await Home.StepAsync(Ct);
            await CheckAsync();
        }

        return await StateAsync();
    }

    /// <summary>Gives up the bytes, and frees them.</summary>
    public async Task EvictAsync(int holders)
    {
        await WantAsync(holders);
        Assert.Equal(EvictionState.Evicted, await UntilAsync(EvictionState.Evicted));
        await Home.CollectAsync();
        await CheckAsync();
        Assert.False(await IsHereAsync());
    }

    /// <summary>Whether all of it is stored at the home.</summary>
    public async Task<bool> IsHereAsync()
    {
        foreach (BlobHash file in Files)
        {
            if (!await Home.HasAsync(file))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Each file is whole at the home, or at a site that holds it; and whoever reads gets these bytes or is told to come again.</summary>
    public async Task CheckAsync()
    {
        if ((await Home.Site.FindAsync(Dataset))!.Eviction is { State: EvictionState.Evicted } eviction)
        {
            Assert.InRange(await CountHoldersAsync(eviction), eviction.Holders, _sites.Count);
        }

        foreach (BlobHash file in Files)
        {
            Assert.True(await Home.HasAsync(file) || await IsHeldAsync(file), $"{file} is nowhere.");
            try
            {
                byte[]? read = await Home.ReadAsync(file);
                Assert.NotNull(read);
                Assert.Equal(file, BlobHash.Of(read));
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
            {
                Assert.True(Moving.IsFaulty || _sites.Any(static site => site.Lie != Lie.None) || IsCut, e.Error.Message);
            }
        }
    }

    /// <summary>All of it is at the home again, without any other site, and nobody holds it.</summary>
    public async Task CheckBackAsync()
    {
        await Home.CollectAsync();
        Assert.Null(await StateAsync());
        Assert.True(await IsHereAsync());
        foreach (EvictingSite site in _sites)
        {
            Assert.Null(await site.Site.Site.CopyHolds.FindAsync(Dataset, Ct));
        }
    }

    /// <summary>From now on the home stops as the message of this number passes; the messages are counted anew.</summary>
    public void CutAt(int message) => (_messages, _cut) = (0, message);

    /// <summary>Whether the home stops at a message that has not come yet.</summary>
    public bool IsCut => _stop is not null;

    /// <summary>A step of the home, which may stop in the middle of it. Whether it did.</summary>
    public async Task<bool> StepOrStopAsync()
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        try
        {
            await Home.StepAsync(_stop.Token);
            return false;
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            await Home.RestartAsync();
            return true;
        }
        finally
        {
            _stop.Dispose();
            _stop = null;
        }
    }

    /// <summary>A message of the home goes out or comes in.</summary>
    public void Pass(MovingSite asker)
    {
        if (_stop is { } stop && asker == Home.Site && ++_messages == _cut)
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Does anything, somewhere.</summary>
    public async Task DoSomethingAsync()
    {
        EvictingSite any = _sites[_chance.Next(_sites.Count)];
        switch (_chance.Next(16))
        {
            case 0:
                await Home.Site.Site.Evictions.WantAsync(Dataset, 1 + _chance.Next(2), "ada", Ct);
                break;
            case 1:
                await Home.Site.Site.Evictions.RecallAsync(Dataset, Ct);
                break;
            case 2:
                await any.RestartAsync();
                break;
            case 3:
                await any.CollectAsync();
                break;
            case 4:
                await Moving.FollowAsync(any.Site);
                await Moving.StepAsync(any.Site);
                break;
            case 5 when any != Home:
                await Moving.ReleaseOrAskAsync(any.Site);
                break;
            case 6 when any != Home:
                await Moving.CopyAsync(any.Site);
                break;
            case 7 when any != Home && _sites.All(static site => site.Lie == Lie.None):
                any.Lie = (Lie)_chance.Next(Enum.GetValues<Lie>().Length);
                break;
            case 8:
                _sites.ForEach(static site => site.Lie = Lie.None);
                break;
            case 9:
                await any.RestartAsync(hasLostRecords: true);
                break;
            case 10 when any == Home:
                await Moving.DeleteOrRestoreAsync(any.Site);
                break;
            case 10:
                any.Site.Clock.Ahead += TimeSpan.FromDays(20);
                break;
            case 11 or 12:
                CutAt(1 + _chance.Next(6));
                await StepOrStopAsync();
                break;
            default:
                await Home.StepAsync(Ct);
                break;
        }

        await Moving.CheckAsync();
        await CheckAsync();
    }

    /// <summary>The network is whole again and nobody lies.</summary>
    public void Heal()
    {
        Moving.IsFaulty = false;
        _sites.ForEach(static site => site.Lie = Lie.None);
    }

    /// <summary>Has a collection begin, and something done when it is at a step.</summary>
    public async Task CollectWhileAsync(CollectionStep step, Func<Task> work)
    {
        await Home.Site.Site.Engine.SealAsync(Ct);
        bool isDone = false;
        Home.Site.Site.Collector.Reached = async reached =>
        {
            if (reached == step && !isDone)
            {
                isDone = true;
                await work();
            }
        };
        await Home.Site.Site.Collector.CollectAsync(Ct);
        Home.Site.Site.Collector.Reached = static _ => Task.CompletedTask;
        Assert.True(isDone);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EvictingSite site in _sites)
        {
            await site.DisposeAsync();
        }

        await Moving.DisposeAsync();
    }

    /// <summary>The sites that hold for this eviction, and have all of it.</summary>
    private async Task<int> CountHoldersAsync(Eviction eviction)
    {
        int holders = 0;
        foreach (EvictingSite site in _sites.Where(site => site != Home))
        {
            bool holds = (await site.Site.Site.CopyHolds.FindAsync(Dataset, Ct))?.Nonce == eviction.Nonce;
            foreach (BlobHash file in Files)
            {
                holds = holds && await site.HasAsync(file);
            }

            holders += holds ? 1 : 0;
        }

        return holders;
    }

    private async Task<bool> IsHeldAsync(BlobHash file)
    {
        foreach (EvictingSite site in _sites.Where(site => site != Home))
        {
            if (await site.Site.Site.CopyHolds.FindAsync(Dataset, Ct) is not null && await site.HasAsync(file))
            {
                return true;
            }
        }

        return false;
    }
}
