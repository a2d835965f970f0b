using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;

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
    private EvictingSite? _second;
    private CancellationTokenSource? _stop;
    private bool _isInterrupting;
    private int _messages;
    private int _cut;

    private EvictionWorld(MovingWorld moving, int seed) => (Moving, _chance) = (moving, new Random(seed));

    public MovingWorld Moving { get; }

    public DatasetId Dataset => Moving.Dataset;

    public IReadOnlyList<EvictingSite> Sites => _sites;

    public EvictingSite Home { get; private set; } = null!;

    /// <summary>The second server of the home, where that has two.</summary>
    public EvictingSite Second => _second!;

    public EvictingSite Archive => _sites[1];

    public EvictingSite Compute => _sites[2];

    /// <summary>The SHA-256 of each file.</summary>
    public IEnumerable<BlobHash> Files => _files.Values.Select(static bytes => BlobHash.Compute(bytes));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="seed">Of what happens by chance.</param>
    /// <param name="isArchiveHome">Whether the home is not the site of the zone.</param>
    /// <param name="isShared">Whether two servers run the home.</param>
    public static async Task<EvictionWorld> StartAsync(int seed, bool isArchiveHome = false, bool isShared = false)
    {
        MovingWorld moving = await MovingWorld.StartAsync(seed, isShared: isShared);
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
            await moving.RequestAsync(moving.Sites[1]);
            await moving.SettleAsync();
        }

        MovingSite home = moving.Sites[isArchiveHome ? 1 : 0];
        Assert.True((await home.Site.Lifecycle.CloseAsync(moving.Dataset, "ada", null, Ct)).IsOk);
        await moving.SettleAsync();
        world._sites = [.. moving.Sites.Select(site => new EvictingSite(world, site))];
        world.Home = world._sites[isArchiveHome ? 1 : 0];
        world._second = moving.Second is { } second ? new EvictingSite(world, second) : null;
        return world;
    }

    public EvictingSite From(string siteId) => _sites.Single(one => one.Site.Id == siteId);

    /// <summary>How far the home is.</summary>
    public async Task<EvictionState?> StateAsync()
    {
        await CatchUpAsync();
        return await Home.StateAsync();
    }

    /// <summary>The servers of the home.</summary>
    private EvictingSite[] Servers => _second is null ? [Home] : [Home, _second];

    public async Task WantAsync(int holders)
    {
        Result<SiteDataset> wanted = await Home.Site.Site.Evictions.RequestAsync(Dataset, holders, "ada", Ct);
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
        await CatchUpAsync();
        if ((await Home.Site.FindAsync(Dataset))!.Eviction is { State: EvictionState.Evicted } eviction)
        {
            Assert.InRange(await CountHoldersAsync(eviction), eviction.Holders, _sites.Count);
        }

        foreach (BlobHash file in Files)
        {
            Assert.True(await Home.HasAsync(file) || await IsHeldAsync(file), $"{file} is nowhere.");
            foreach (EvictingSite server in Servers)
            {
                await CheckReadAsync(server, file);
            }
        }
    }

    /// <summary>Where two servers run the home, each knows what the other has written.</summary>
    private async Task CatchUpAsync()
    {
        foreach (EvictingSite server in _second is null ? [] : Servers)
        {
            _ = (await server.Site.Site.Committer.CatchUpAsync(Ct)).Value;
        }
    }

    private async Task CheckReadAsync(EvictingSite server, BlobHash file)
    {
        try
        {
            byte[]? read = await server.ReadAsync(file);
            Assert.NotNull(read);
            Assert.Equal(file, BlobHash.Compute(read));
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
        {
            Assert.True(Moving.IsFaulty || _sites.Any(static site => site.Lie != Lie.None) || IsCut, e.Error.Message);
        }
    }

    /// <summary>
    /// A question that reached a holder after the farewell has it hold until the home asks with another number, and says that this is over.
    /// </summary>
    public async Task AskOnceMoreAsync()
    {
        await WantAsync(1);
        await Home.StepAsync(Ct);
        await RecallAsync();
        await UntilAsync(null);
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

    /// <summary>A message of the home goes out or comes in. Where two servers run it, the other may do anything meanwhile.</summary>
    public async Task PassAsync(MovingSite asker)
    {
        if (_second is not null && !_isInterrupting && Moving.IsFaulty && asker.Id == Home.Site.Id && _chance.Next(4) == 0)
        {
            await InterruptAsync(asker == Home.Site ? _second : Home);
        }

        if (_stop is { } stop && asker == Home.Site && ++_messages == _cut)
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>While one server of the home is in the middle of a step, the other does something, or a few things.</summary>
    public async Task InterruptAsync(EvictingSite other)
    {
        _isInterrupting = true;
        for (int i = _chance.Next(8); i >= 0; i--)
        {
            switch (_chance.Next(8))
            {
                case 0:
                    await other.Site.Site.Evictions.RequestAsync(Dataset, 1 + _chance.Next(2), "ada", Ct);
                    break;
                case 1:
                    await other.Site.Site.Evictions.RecallAsync(Dataset, Ct);
                    break;
                case 2 when !Moving.IsAnyServerBusy:
                    await other.CollectAsync();
                    break;
                default:
                    await other.StepAsync(Ct);
                    break;
            }
        }

        _isInterrupting = false;
    }

    /// <summary>A server of the home does a step, and something else is done as it takes one of its turns at the log that both share.</summary>
    /// <param name="server">The server.</param>
    /// <param name="turn">The number of the turn, from one.</param>
    /// <param name="work">What is done then, by the other server.</param>
    /// <returns>Whether the step had so many turns.</returns>
    public async Task<bool> StepWhileAsync(EvictingSite server, int turn, Func<Task> work)
    {
        int turns = 0;
        server.Site.BeforeTurn = () =>
        {
            if (++turns == turn)
            {
                // The turn comes after that: nothing waits for anything here.
                work().GetAwaiter().GetResult();
            }
        };
        await server.StepAsync(Ct);
        server.Site.BeforeTurn = static () => { };
        return turns >= turn;
    }

    /// <summary>Does anything, somewhere.</summary>
    public async Task DoSomethingAsync()
    {
        EvictingSite home = Servers[_chance.Next(Servers.Length)];
        EvictingSite any = _sites[_chance.Next(_sites.Count)];
        any = any == Home ? home : any;
        switch (_chance.Next(16))
        {
            case 0:
                await home.Site.Site.Evictions.RequestAsync(Dataset, 1 + _chance.Next(2), "ada", Ct);
                break;
            case 1:
                await home.Site.Site.Evictions.RecallAsync(Dataset, Ct);
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
            case 5 when any != home:
                await Moving.ReleaseOrAskAsync(any.Site);
                break;
            case 6 when any != home:
                await Moving.CopyAsync(any.Site);
                break;
            case 7 when any != home && _sites.All(static site => site.Lie == Lie.None):
                any.Lie = (Lie)_chance.Next(Enum.GetValues<Lie>().Length);
                break;
            case 8:
                _sites.ForEach(static site => site.Lie = Lie.None);
                break;
            case 9:
                await any.RestartAsync(hasLostRecords: true);
                break;
            case 10 when any == home:
                await Moving.DeleteOrRestoreAsync(any.Site);
                break;
            case 10:
                any.Site.Clock.Ahead += TimeSpan.FromDays(20);
                break;
            case 11 or 12:
                CutAt(1 + _chance.Next(6));
                await StepOrStopAsync();
                break;
            case 13 when _second is not null:
                EvictingSite other = home == Home ? _second : Home;
                await StepWhileAsync(home, 1 + _chance.Next(4), () => InterruptAsync(other));
                break;
            default:
                await home.StepAsync(Ct);
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
        foreach (EvictingSite site in _sites.Concat(Servers.Skip(1)))
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
