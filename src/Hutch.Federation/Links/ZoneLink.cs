using Hutch.Datasets.Sites;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Federation.Links;

/// <summary>A site's connection to its zone: a beat each second, and what came of the last ones.</summary>
internal sealed class ZoneLink(JoinedZoneRecord joined, IZonePeer peer, TimeProvider time)
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Whoever is refused asks less often: no answer will be another before somebody does something.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(15);

    private long? _heardAt;
    private HutchError? _problem;

    /// <summary>How the connection is.</summary>
    public ZoneContact Contact
    {
        get
        {
            lock (joined)
            {
                return new ZoneContact(joined, _heardAt is { } at ? time.GetElapsedTime(at) : null, _problem?.Message);
            }
        }
    }

    /// <summary>Beats until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long began = time.GetTimestamp();
            HutchError? problem = await BeatAsync(ct);
            TimeSpan pause = problem is null || problem.Code == ErrorCode.Unavailable ? BeatEvery : AfterRefusal;
            TimeSpan left = pause - time.GetElapsedTime(began);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, ct);
        }
    }

    /// <summary>Beats once; returns why it was not answered.</summary>
    public async Task<HutchError?> BeatAsync(CancellationToken ct)
    {
        Result<BeatAnswer> answer = await AskAsync(ct);
        lock (joined)
        {
            _problem = answer.IsOk ? null : answer.Error;
            _heardAt = answer.IsOk ? time.GetTimestamp() : _heardAt;
            return _problem;
        }
    }

    private async Task<Result<BeatAnswer>> AskAsync(CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            var beat = new BeatRequest { Protocol = SiteProtocol.Number, Release = SiteProtocol.Release, Time = time.GetUtcNow() };
            return await peer.BeatAsync(beat, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ErrorCode.Unavailable.With($"{joined.Address} did not answer within {Patience.TotalSeconds:0} s.");
        }
    }
}
