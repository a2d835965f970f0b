using Hutch.Federation.Copies;
using Hutch.Site.Replication.Evicting;

namespace Hutch.Federation.Homes;

/// <summary>
/// Carries deletions and restores of a home to every site. The home reports them to the zone, whose row reaches all sites, and each copy
/// follows in a trash of its own site. See docs/design/federation.md (trash and end).
/// </summary>
internal sealed class DeletionPropagator(
    SiteRegistry sites, IZoneReports reports, CopyRegistry copies, CopyEnds ends, CopyHolds holds, TimeProvider time)
{
    /// <summary>The interval of checks for datasets that are due to end but are still needed here.</summary>
    private static readonly TimeSpan LookAtDueEvery = TimeSpan.FromHours(1);

    private readonly HashSet<DatasetId> _reportedHolds = [];

    private long _dueTo;
    private long _lookedAtDue;
    private IReadOnlyList<DatasetId> _released = [];
    private IReadOnlyList<DatasetId> _held = [];
    private LocalEnds _seen = new(new Dictionary<DatasetId, long>(), [], [], 0);

    /// <summary>True if no other site was known at the last look for changes.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>The datasets that were deleted or restored here since the last call, or are due to end.</summary>
    public async ValueTask<IReadOnlyCollection<DatasetId>> ChangedAsync(CancellationToken ct)
    {
        IsAlone = await sites.IsAloneAsync(ct);
        if (IsAlone)
        {
            return [];
        }

        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        LocalEnds before = _seen;
        _seen = await ends.ReadAsync(before.Newest, ct);
        IReadOnlyList<DatasetId> released = await copies.ReleasedAtAsync(sites.OwnId, ct);
        DatasetId[] changed = [.. released.Except(_released), .. _released.Except(released)];
        _released = released;
        IReadOnlyList<DatasetId> held = await holds.ListAsync(ct);
        DatasetId[] unheld = [.. _held.Concat(_reportedHolds).Except(held)];
        _held = held;
        bool isTime = now < _lookedAtDue || now - _lookedAtDue >= (long)LookAtDueEvery.TotalMilliseconds;
        long dueSince = isTime ? long.MinValue : _dueTo;
        (_dueTo, _lookedAtDue) = (now, isTime ? now : _lookedAtDue);
        return
        [
            .. _seen.Trashed.Where(one => (one.Value <= now && one.Value > dueSince)
                    || before.Trashed.GetValueOrDefault(one.Key) != one.Value)
                .Select(static one => one.Key)
                .Concat(before.Trashed.Keys.Where(one => !_seen.Trashed.ContainsKey(one)))
                .Concat(_seen.Restored.Except(before.Restored))
                .Concat(_seen.Ended)
                .Concat(changed)
                .Concat(unheld)
                .Concat(isTime ? held : [])
                .Distinct(),
        ];
    }

    /// <summary>Does the next step for one dataset; a repetition changes nothing.</summary>
    public async Task<Result<Done>> StepAsync(DatasetId dataset, HomeRecord home, SiteDataset here, CancellationToken ct)
    {
        if (here.Copy is not null && await ReportHoldAsync(dataset, here.Hold is not null, ct) is { IsOk: false } untold)
        {
            return untold;
        }

        if (here.Copy is not null)
        {
            return await FollowAsync(dataset, home, here, ct);
        }

        if (home.SiteId == sites.OwnId && home.Epoch > 0 && home.Epoch == (here.HomeSince ?? home.Epoch))
        {
            return await ReportAsync(dataset, home, here, ct);
        }

        return Done.Value;
    }

    /// <summary>Reports a copy as gone that never came, if it was released or its home ended the dataset.</summary>
    public async Task<Result<Done>> LeaveAsync(DatasetId dataset, HomeRecord home, CancellationToken ct) =>
        home.SiteId != sites.OwnId && await copies.FindCopyAsync(dataset, sites.OwnId, ct) is { } copy
            && (home.EndedAt is not null || copy.ReleasedAt is not null)
            ? await reports.ReportAsync(dataset, new CopyProgress(CopyStates.Gone, null, null, null, null, 0, 0, null), ct)
            : Done.Value;

    /// <summary>
    /// Reports a hold, since a restored zone may not know it. If the zone does not count on the copy, the copy stays here anyway. A report
    /// can arrive after the end of the hold, so that the zone assumes a hold: therefore the end is reported once more.
    /// </summary>
    private async Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct)
    {
        if (isHeld)
        {
            _reportedHolds.Add(dataset);
        }
        else if (!_reportedHolds.Contains(dataset))
        {
            return Done.Value;
        }

        Result<Done> reported = await reports.ReportHoldAsync(dataset, isHeld, ct);
        if (reported.IsOk && !isHeld)
        {
            _reportedHolds.Remove(dataset);
        }

        return reported.IsOk || reported.Error.Code == ErrorCode.Conflict ? Done.Value : reported.Error;
    }

    /// <summary>Reports, as the home, an end that the zone does not know. Temporary datasets end automatically at every site.</summary>
    private async Task<Result<Done>> ReportAsync(DatasetId dataset, HomeRecord home, SiteDataset here, CancellationToken ct)
    {
        var report = new EndReport(home.Epoch, Time(here.TrashedUntil), here.EndedWay == "expired" ? null : Time(here.Ended));
        return report.TrashedUntil == home.TrashedUntil && report.EndedAt == home.EndedAt
            ? Done.Value
            : await reports.ReportAsync(dataset, report, ct);
    }

    /// <summary>
    /// A copy does what its home did, in the trash of this site. It ends only after the home has said that it ended there. One that was
    /// released goes the same way.
    /// </summary>
    private async Task<Result<Done>> FollowAsync(DatasetId dataset, HomeRecord home, SiteDataset here, CancellationToken ct)
    {
        CopyRecord? copy = await copies.FindCopyAsync(dataset, sites.OwnId, ct);
        bool isReleased = copy?.ReleasedAt is not null && here.Hold is null;
        bool isOver = home.IsOver || isReleased;
        if (!isOver && here.TrashedUntil is null)
        {
            return Done.Value;
        }

        Result<Done> done = here switch
        {
            { IsRestoredHere: true } => Done.Value,
            _ when !isOver => await ends.RestoreAsync(dataset, ct),
            { TrashedUntil: null } => await ends.TrashAsync(dataset, ct),
            _ when home.EndedAt is not null || isReleased => await ends.EndAsync(dataset, ct),
            _ => Done.Value,
        };
        string state = here switch
        {
            _ when !isOver => CopyStates.Complete,
            { Ended: not null } => CopyStates.Gone,
            { IsRestoredHere: true } => CopyStates.Restored,
            _ => CopyStates.Trash,
        };
        return done.IsOk && copy is not null
            ? await reports.ReportAsync(dataset, new CopyProgress(state, here.Copy!.History, null, null, null, 0, 0, null), ct)
            : done;
    }

    private static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;
}
