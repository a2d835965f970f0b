using Hutch.Federation.Keys;
using Hutch.Model.Sites;

namespace Hutch.Federation.Copies;

/// <summary>Brings a copy once, from its home and the nearest other sites that have it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class CopyFetcher(
    SiteRegistry sites, IZoneReports reports, CopyAssignments assignments, CopyIntake intake, CopyFreshness freshness,
    CopySchedule schedule, NearestSites nearest, IRepositoryCheck? check, TimeProvider time, ILogger logger)
{
    /// <summary>The most sites, in addition to the home, from which a copy comes at the same time.</summary>
    private const int MaxOthers = 3;

    /// <summary>Parts of large files, of 8 MiB each, that may wait for their turn in memory.</summary>
    private const int MaxPartsInMemory = 16;

    /// <summary>
    /// The longest time between reports of a copy, since a restored zone has forgotten earlier ones. News is reported at once.
    /// </summary>
    private static readonly TimeSpan ReportAtLeastEvery = TimeSpan.FromMinutes(10);

    private readonly PartBuffer _slots = new(MaxPartsInMemory);

    /// <summary>Brings the changes and reports the result to the zone.</summary>
    public async Task<CopyAttempt> FetchAsync(
        HomePeers homes, SiteKey key, SiteTerms terms, AssignedCopy one, CopyAttempt before, FreshnessQuery asked, CancellationToken ct)
    {
        NameRecord name = one.Name;
        var order = new CopyOrder(sites.ZoneId, key.Fingerprint, name.Dataset, name.Owner.Name, name.Slug, name.Home.Epoch)
        {
            // No user can write before a moving dataset has come.
            Terms = name.Home.NextId == sites.OwnId ? SiteTerms.Open : terms,
        };
        Result<IHomePeer> home = await homes.FindAsync(name, null, ct);
        Result<CopyProgress> brought = home.IsOk
            ? await TransferAsync(home.Value, order, stop => FindOthersAsync(homes, name, stop), ct)
            : home.Error;
        bool isWell = brought is { IsOk: true, Value.Failures: null };
        if (!isWell && await intake.FindAsync(name.Dataset, ct) is not null && await assignments.IsOverAsync(name.Dataset, ct))
        {
            // The copy is in the trash by now, and that is reported.
            return schedule.After(before, asked, one, null);
        }

        if (brought is { IsOk: true, Value.State: CopyStates.Complete })
        {
            freshness.NoteAnswer(name.Dataset, asked);
        }

        CopyProgress progress = brought.IsOk
            ? brought.Value
            : new CopyProgress(StateOf(brought.Error), null, null, null, null, 0, 0, brought.Error.Message);
        bool isToTell = MustReport(progress, one, before);
        bool isTold = !isToTell || (await reports.ReportAsync(name.Dataset, progress, ct)).IsOk;
        var here = new HomeHint(
            await intake.IsClosedAsync(name.Dataset, ct), progress.Files is { } files ? files > 0 : before.LocalHint.HasFiles);
        TimeSpan last = before.IsWell ? before.Pause : TimeSpan.Zero;
        TimeSpan? pause = isWell && isTold ? FollowPause.After(last, here.IsClosed, progress) : null;
        return schedule.After(before, asked, one, pause) with
        {
            LocalHint = here,
            ReportedAt = isToTell ? time.GetTimestamp() : before.ReportedAt,
        };
    }

    /// <summary>True if the zone needs a report. An unchanged copy needs one if its home moves here, where each answer counts.</summary>
    private bool MustReport(CopyProgress progress, AssignedCopy one, CopyAttempt before) =>
        progress is not { State: CopyStates.Complete, Files: null } || !before.IsWell || before.Assignment != one
            || one.Name.Home.NextId == sites.OwnId || time.GetElapsedTime(before.ReportedAt) >= ReportAtLeastEvery;

    private static string StateOf(HutchError why) => why.Code == ErrorCode.InsufficientStorage ? CopyStates.Refused : CopyStates.Failed;

    /// <summary>Other sites that have a copy, as far as is known here, and that this one reaches: the nearest ones.</summary>
    private async Task<IReadOnlyList<IHomePeer>> FindOthersAsync(HomePeers homes, NameRecord name, CancellationToken ct)
    {
        var found = new List<IHomePeer>();
        foreach (string siteId in await nearest.ListAsync(name.Dataset, name.Home.SiteId, ct))
        {
            if (siteId != name.Home.SiteId
                && found.Count < MaxOthers && (await homes.FindHolderAsync(siteId, null, ct)).TryGet(out IHolderPeer? other, out _))
            {
                found.Add(other);
            }
        }

        return found;
    }

    private async Task<Result<CopyProgress>> TransferAsync(
        IHomePeer home, CopyOrder order, Func<CancellationToken, Task<IReadOnlyList<IHomePeer>>> others, CancellationToken ct)
    {
        try
        {
            return await new CopyTransfer(
                home, reports, intake, order, look => assignments.IsOverAsync(order.Dataset, look),
                look => assignments.IsPurgedAsync(order.Dataset, look), check, time)
            {
                Others = others,
                Buffer = _slots,
                LeftOut = (peer, why) => LeftOut(order.Dataset, peer.Name, why.Message),
            }.RunAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(order.Dataset, e);
            return ErrorCode.Internal.With("The copy failed here. The log of this site says why.");
        }
        finally
        {
            assignments.RequestCheck(order.Dataset);
        }
    }

    [LoggerMessage(5611, LogLevel.Error, "The copy of {Dataset} failed")]
    internal partial void LogFailed(DatasetId dataset, Exception e);

    [LoggerMessage(
        5612, LogLevel.Warning, "For the copy of {Dataset}, {Site} sends nothing more, and other sites bring the rest: {Reason}")]
    private partial void LeftOut(DatasetId dataset, string site, string reason);
}
