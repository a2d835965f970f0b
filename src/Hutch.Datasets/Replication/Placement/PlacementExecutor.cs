using Hutch.Model.Placement;
using Hutch.Zone.Changes;
using Hutch.Zone.Replication.Homes;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Datasets.Replication.Placement;

/// <summary>
/// Requests the copies and moves of homes that rules demand, and reports the progress to the requester. One server of the zone does it. It
/// examines a dataset again after a change of it, and those with missing copies after a change of the sites. A new copy rule of an owner
/// examines the owner's datasets; a change of another rule, a site or a type examines all of them, as does each hour.
/// </summary>
public sealed class PlacementExecutor(
    Placements placements, HomeRegistry homes, SummaryRegistry summaries, TypeLibrary types, CopyNotices notices, FactReader facts,
    ZoneChanges changes, SiteDatabase records, TimeProvider time)
{
    /// <summary>The job; one server of the zone has its lease.</summary>
    public const string Job = "placing copies";

    private const int AtOnce = 1000;
    private const int AgainAtOnce = 200;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AgainEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    private static readonly string[] Kinds = ["dataset.created", "dataset.described", "dataset.restored"];

    private readonly HashSet<DatasetId> _changed = [];
    private readonly HashSet<DatasetId> _lacking = [];
    private long _line;
    private long _event;
    private long _sweptAt;
    private long _againAt;
    private long _releaseAt;
    private long _stuckAt;
    private DatasetId? _releasable;
    private string _sites = "";
    private string? _types;

    public async Task RunAsync(CancellationToken ct)
    {
        bool hadRules = false;
        while (true)
        {
            long version = placements.Version;
            bool hasRules = !placements.AreOfAnotherZone && await placements.AnyAsync(ct);
            if (hasRules)
            {
                await PlanAsync(isFirst: !hadRules, ct);
                await Task.Delay(LeastPause, time, ct);
            }

            hadRules = hasRules;
            await WaitAsync(version, hasRules ? LookEvery : Timeout.InfiniteTimeSpan, ct);
        }
    }

    private async Task WaitAsync(long version, TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            await placements.WaitForChangeAsync(version, ct).WaitAsync(timeout, time, ct);
        }
        catch (TimeoutException)
        {
            // The site's own events are looked at.
        }
    }

    private async Task PlanAsync(bool isFirst, CancellationToken ct)
    {
        await placements.EndDueAsync(ct);
        await FollowTypesAsync(ct);
        bool isToSweep = isFirst ? await BeginAsync(ct) : await NoticeAsync(ct);
        if (isToSweep || time.GetElapsedTime(_sweptAt) >= SweepEvery)
        {
            await SweepAsync(ct);
        }

        await NoticeSitesAsync(ct);
        await NoticeReleasableAsync(ct);
        await NoticeStuckAsync(ct);
        while (_changed.Count > 0)
        {
            DatasetId[] some = [.. _changed.Take(AtOnce)];
            _changed.ExceptWith(some);
            await PlaceAsync(some, isSweep: false, ct);
        }
    }

    /// <summary>Updates summaries after a change of types; its changes are noticed with all others.</summary>
    private async ValueTask FollowTypesAsync(CancellationToken ct)
    {
        if (types.Current.Fingerprint is var now && (now != _types || time.GetElapsedTime(_sweptAt) >= SweepEvery))
        {
            await summaries.FollowTypesAsync(ct);
            _types = now;
        }
    }

    /// <summary>Begins to notice changes from now on; an examination of everything finds the earlier ones.</summary>
    private async Task<bool> BeginAsync(CancellationToken ct)
    {
        _changed.Clear();
        _lacking.Clear();
        _line = await changes.NewestAsync(ct);
        _event = await records.ReadAsync(static queries => queries.NewestEvent(), ct);
        return true;
    }

    /// <summary>Notes the datasets that have changed; returns true when the changes may concern any dataset.</summary>
    private async Task<bool> NoticeAsync(CancellationToken ct)
    {
        IReadOnlyList<AuditRecord> lines = await changes.SinceAsync(_line, AtOnce, ct);
        (long newest, IReadOnlyList<SiteEvent> events) = await records.ReadAsync(
            queries => (queries.NewestEvent(), queries.Events(_event, Kinds, AtOnce)), ct);
        if (lines.Count == AtOnce || events.Count == AtOnce)
        {
            return await BeginAsync(ct);
        }

        _changed.UnionWith(lines.Select(ZoneChanges.DatasetOf).OfType<DatasetId>());
        _changed.UnionWith(events.Select(static one => one.Dataset).OfType<string>().Select(static id => new DatasetId(Guid.Parse(id))));
        _line = lines.Count > 0 ? lines[^1].Sequence : _line;
        _event = newest;
        bool isAnyTouched = false;
        foreach (AuditRecord line in lines)
        {
            if (await placements.TouchedAsync(line, ct) is { } touched)
            {
                _changed.UnionWith(touched);
            }
            else
            {
                isAnyTouched = true;
            }
        }

        return isAnyTouched;
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        _sweptAt = time.GetTimestamp();
        DatasetId? after = null;
        while (await placements.CandidatesAsync(after, AtOnce, ct) is { Count: > 0 } some)
        {
            await PlaceAsync(some, isSweep: true, ct);
            after = some[^1];
        }
    }

    /// <summary>
    /// Looks again at datasets that lack something: at all when a site came, went or has another amount of room, else at a few.
    /// </summary>
    private async Task NoticeSitesAsync(CancellationToken ct)
    {
        if (_lacking.Count == 0)
        {
            return;
        }

        SiteFacts now = facts.Sites();
        string sites = string.Join(' ', (await placements.SitesAsync(ct)).Select(site => Describe(site, now)));
        if (sites != _sites)
        {
            _sites = sites;
            _changed.UnionWith(_lacking);
        }
        else if (time.GetElapsedTime(_againAt) >= AgainEvery)
        {
            _againAt = time.GetTimestamp();
            DatasetId[] again = [.. _lacking.Take(AgainAtOnce)];
            _lacking.ExceptWith(again);
            _changed.UnionWith(again);
        }
    }

    /// <summary>
    /// Looks again at some datasets with copies that may be released: what that waits for, such as a site that is connected, is no
    /// change of the zone.
    /// </summary>
    private async Task NoticeReleasableAsync(CancellationToken ct)
    {
        if (time.GetElapsedTime(_releaseAt) < AgainEvery)
        {
            return;
        }

        _releaseAt = time.GetTimestamp();
        IReadOnlyList<DatasetId> some = await placements.ReleasableAsync(_releasable, AgainAtOnce, ct);
        _releasable = some.Count == AgainAtOnce ? some[^1] : null;
        _changed.UnionWith(some);
    }

    /// <summary>Reports stuck copies that users requested: these belong to no rule, and are examined from time to time.</summary>
    private async Task NoticeStuckAsync(CancellationToken ct)
    {
        if (time.GetElapsedTime(_stuckAt) >= AgainEvery)
        {
            _stuckAt = time.GetTimestamp();
            await notices.NotifyStuckAsync(ct);
        }
    }

    private async Task PlaceAsync(IReadOnlyCollection<DatasetId> datasets, bool isSweep, CancellationToken ct)
    {
        _lacking.ExceptWith(datasets);
        IReadOnlyList<PlannedDataset> planned = await placements.AssignAsync(
            await facts.DatasetsAsync(datasets, ct), facts.Sites(), ct);
        await notices.NotifyAsync(planned, ct);
        await MoveHomesAsync(planned, isSweep, ct);
        _lacking.UnionWith(planned
            .Where(static one => one.Plan.Rules.Any(static rule => rule.State != RuleState.Fulfilled))
            .Select(static one => one.Name.Dataset));
    }

    /// <summary>A home that did not move, and said why, is asked again now and then: its saying so is a change, too.</summary>
    private async Task MoveHomesAsync(IReadOnlyList<PlannedDataset> planned, bool isSweep, CancellationToken ct)
    {
        foreach (PlannedDataset one in planned)
        {
            if (one is { Plan.NewHome: { } next, Name.Home: { NextId: null, IsOver: false } home } && (home.Problem is null || isSweep))
            {
                _ = await homes.RequestByRuleAsync(one.Name.Dataset, next, facts.OwnName, ct);
            }
        }
    }

    private static string Describe(SiteRecord site, SiteFacts now) => string.Create(
        CultureInfo.InvariantCulture, $"{site.Id}:{now.AwaySince(site) is null}:{long.Log2(Math.Max(1, site.FreeBytes ?? 0))}");
}
