using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>When a site asks its zone again.</summary>
public sealed class BeatTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_polls_at_once_while_the_zone_advances_even_with_changes_for_other_sites()
    {
        await using var database = new ZoneFolder(TimeProvider.System);
        var joined = new JoinedZoneRecord(
            "00000000000000c3", "00000000000000a1", "archive", "zone:1", BlobHash.Compute([2]), TimeProvider.System.GetUtcNow());
        Assert.True((await database.Zone.JoinAsync(AuditActor.Server, joined, null, Ct)).IsOk);
        var zone = new AdvancingZone(until: 5);
        var link = new ZoneLink(
            joined, zone, new SiteView(database.Zone, TimeProvider.System), new RestoredZone(database.Zone), () => null, static () => 0,
            new HeldTime());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task following = link.RunAsync(stop.Token);
        long?[] asked = await zone.Asked.Task.WaitAsync(Ct);
        await stop.CancelAsync();

        Assert.Equal([null, 1, 2, 3, 4, 5], asked);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    /// <summary>A zone in which something happens after each question, of which the site is not to know; in the end nothing does.</summary>
    private sealed class AdvancingZone(long until) : ISitePeer
    {
        private readonly List<long?> _asked = [];

        /// <summary>Behind which positions it was asked, until nothing more happened.</summary>
        public TaskCompletionSource<long?[]> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(
            PeerCall<TRequest, TAnswer> call, TRequest request, CancellationToken ct) => request is BeatRequest beat
            ? (Result<TAnswer>)(object)await BeatAsync(beat, ct)
            : throw new NotSupportedException(call.Path);

        private async Task<Result<BeatAnswer>> BeatAsync(BeatRequest request, CancellationToken ct)
        {
            _asked.Add(request.After?.Sequence);
            if (request.After?.Sequence == until)
            {
                Asked.SetResult([.. _asked]);
                await Task.Delay(Timeout.Infinite, ct);
            }

            var now = new FeedPosition("life", (request.After?.Sequence ?? 0) + 1, 0, "");
            return new BeatAnswer { Time = TimeProvider.System.GetUtcNow(), Feed = new FeedBatch(request.After, now, IsComplete: true, []) };
        }
    }
}
