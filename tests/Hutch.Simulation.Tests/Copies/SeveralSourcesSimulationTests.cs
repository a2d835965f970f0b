using Hutch.Disk;
using Hutch.Federation.Copies;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Simulation.Tests.Copies;

/// <summary>
/// A copy comes from its home and two other sites, of which one may lie, while connections break, sites are away, and the site that gets
/// it is stopped. What goes wrong follows from the seed; which of them is first at what, from the machine.
/// </summary>
public sealed class SeveralSourcesSimulationTests(SeveralHolders holders) : IClassFixture<SeveralHolders>, IAsyncDisposable
{
    private const int FaultyTries = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-sources-").FullName;
    private readonly ScaledTime _time = new(100) { ScalesWaits = true };
    private SiteServices? _site;

    public static TheoryData<int> Seeds => Schedules.From(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_byte_of_a_copy_is_correct_and_only_a_lying_source_is_reported(int seed)
    {
        var chance = new Random(seed);
        int liar = chance.Next(-1, holders.Holders.Count);
        int stopAt = 0;
        CancellationTokenSource? stop = null;
        ShakyPeer[] peers =
        [
            .. holders.Holders.Select((holder, i) => new ShakyPeer(holder, new Random((seed * 10) + i), i == liar, () =>
            {
                if (Interlocked.Decrement(ref stopAt) == 0)
                {
                    stop!.Cancel();
                }
            })),
        ];
        var wrong = new List<string>();
        Result<CopyProgress>? brought = null;
        for (int i = 0; brought is not { IsOk: true } && i < FaultyTries + 3; i++)
        {
            bool isFaulty = i < FaultyTries;
            Array.ForEach(peers, peer => peer.IsFaulty = isFaulty);
            stopAt = isFaulty && chance.Next(2) == 0 ? chance.Next(1, 60) : int.MaxValue;
            using CancellationTokenSource either = stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            brought = await TryAsync(peers, wrong, either.Token);
        }

        Assert.All(wrong, name => Assert.Equal(liar < 0 ? "nobody" : peers[liar].Name, name));
        if (liar == 0 && brought is { IsOk: false })
        {
            // Only the home describes the dataset. Its bytes can all come from the other holders.
            brought = await TryAsync([peers[0], peers[1], peers[2]], [], Ct);
        }

        Assert.Equal(CopyStates.Complete, brought!.Value.Value.State);
        TreeView view = (await _site!.Heads.ResolveAsync(holders.Order.Dataset, null, Ct)).Value;
        VerifyProgress verified = await _site.Verifier.VerifyAsync(view.Dataset.Id, view.Root, Ct).LastAsync(Ct);
        Assert.Equal((41L, 0), (verified.Files, verified.Problems.Count));
    }

    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the site anew, and tries once; null when it is stopped in the middle.</summary>
    private async Task<Result<CopyProgress>?> TryAsync(ShakyPeer[] peers, List<string> wrong, CancellationToken stop)
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }

        _site = await SiteServices.OpenAsync(
            LocalDisk.Instance, _folder, new SiteOptions(), TimeProvider.System, NullLoggerFactory.Instance, Ct);
        try
        {
            return await new CopyTransfer(
                peers[0], holders.Reports, _site.Copies, holders.Order, static _ => ValueTask.FromResult(false),
                static _ => ValueTask.FromResult(false), null, _time)
            {
                Others = _ => Task.FromResult<IReadOnlyList<IHomePeer>>(peers[1..]),
                LeftOut = (peer, why) =>
                {
                    lock (wrong)
                    {
                        wrong.AddRange(why.Code == ErrorCode.DigestMismatch ? [peer.Name] : []);
                    }
                },
            }.RunAsync(stop);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
