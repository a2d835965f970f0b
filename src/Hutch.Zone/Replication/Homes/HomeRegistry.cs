using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Homes;

/// <summary>
/// The homes of datasets and their moves. The zone names the next home, the home gives up and reports its history, and when the next home
/// has that history complete, it begins the next epoch. See docs/design/federation.md (homes).
/// </summary>
public sealed class HomeRegistry(ZoneDatabase zone, Authorizer authorizer)
{
    private const string Target = "dataset:";
    private const int MaxProblemCharacters = 1000;
    private const int MaxNamed = 10;
    private const int MaxMovingByRule = 32;

    private static readonly HutchError NotByRule = ErrorCode.Conflict.With("The home moves already, or others come first.");

    /// <summary>Requests that a site becomes the home of a dataset. Naming the current home withdraws an earlier request.</summary>
    /// <param name="isForced">True to move even if copies could not follow the next home.</param>
    public async ValueTask<Result<Done>> RequestAsync(
        Caller caller, DatasetId dataset, string siteName, string? ownName, bool isForced, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.HomeChange, ct);
        return access.IsOk
            ? await zone.ChangeAsync(caller.Actor, change => Request(change, dataset, siteName, siteName == ownName, isForced), ct)
            : access.Error;
    }

    /// <summary>Requests a home's move by a rule, unless it or many others move: each move sends requests to its next site.</summary>
    /// <param name="to">The site that the rule chose; it has a complete copy.</param>
    public ValueTask<Result<Done>> RequestByRuleAsync(DatasetId dataset, SiteReason to, string ownName, CancellationToken ct)
    {
        return zone.ChangeAsync(
            AuditActor.Server,
            change => change.Names.Find(dataset) is { Home.NextId: null } name && change.Homes.CountMoving() < MaxMovingByRule
                && HomeBounds.Excludes(change, name, name.Home.SiteId, ownName) && !HomeBounds.Excludes(change, name, to.SiteId, ownName)
                    ? Request(change, dataset, to.SiteName, to.SiteId == change.ZoneId, isForced: true)
                    : NotByRule,
            ct);
    }

    /// <summary>Returns true if a site is the home of a dataset, as of the last news from the zone.</summary>
    public ValueTask<bool> IsAtAsync(DatasetId dataset, string siteId, CancellationToken ct) =>
        zone.ReadAsync(tables => tables.Homes.Find(dataset)?.SiteId == siteId, ct);

    public long Version => zone.Version;

    public Task WaitForChangeAsync(long version, CancellationToken ct) => zone.WaitForChangeAsync(version, ct);

    /// <summary>Returns homes changed since a number of the feed, and some others; from the start, those ever moved or deleted.</summary>
    public ValueTask<HomeChanges> ChangesAsync(long since, IReadOnlyCollection<DatasetId> others, CancellationToken ct) =>
        zone.ReadAsync(
            tables =>
            {
                IEnumerable<(DatasetId Dataset, HomeRecord Home)> changed = since == 0
                    ? tables.Homes.Moved().UnionBy(tables.Homes.Over(), static one => one.Dataset)
                    : tables.Homes.ChangedSince(since);
                var homes = changed.ToDictionary(static one => one.Dataset, static one => one.Home);
                foreach (DatasetId other in others.Where(other => !homes.ContainsKey(other)))
                {
                    if (tables.Homes.Find(other) is { } home)
                    {
                        homes[other] = home;
                    }
                }

                return new HomeChanges(tables.Feed.NewestNumber(), homes);
            },
            ct);

    /// <summary>Records a site's report about its part of a move. Repeating it changes nothing.</summary>
    /// <param name="siteId">The site, already authenticated by its signature.</param>
    public async ValueTask<Result<Done>> ReportAsync(
        string siteId, DatasetId dataset, MoveReport report, IHomeSigner seal, CancellationToken ct)
    {
        HomeRecord? home = await zone.ReadAsync(tables => tables.Homes.Find(dataset), ct);
        return home is not null && home.SiteId == siteId && home.NextId == report.To && home.Released == report.History
            && report.History is not null
                ? Done.Value
            : report is { To: not null, Problem: { } why } ? await WaitAsync(siteId, dataset, report, Short(why), ct)
            : await zone.ChangeAsync(AuditActor.Server, change => Receive(change, siteId, dataset, report, seal), ct);
    }

    /// <summary>
    /// Records that a site has a history complete. If the home has given up with this history for this site, it becomes the home.
    /// </summary>
    public async ValueTask NoteCompleteAsync(string siteId, DatasetId dataset, BlobHash history, IHomeSigner seal, CancellationToken ct)
    {
        if (await zone.ReadAsync(tables => IsNext(tables, siteId, dataset, history), ct))
        {
            _ = await zone.ChangeAsync<Done>(
                AuditActor.Server,
                change =>
                {
                    if (IsNext(change, siteId, dataset, history))
                    {
                        Move(change, dataset, seal);
                    }

                    change.AddAudit("home.complete", Target + dataset, "site:" + siteId);
                    return Done.Value;
                },
                ct);
        }
    }

    private ValueTask<Result<Done>> WaitAsync(string siteId, DatasetId dataset, MoveReport report, string why, CancellationToken ct) =>
        zone.KeepAsync<Result<Done>>(
            tables =>
            {
                if (tables.Homes.Find(dataset) is not { Released: null } home || home.SiteId != siteId || home.Epoch != report.Epoch
                    || home.NextId != report.To)
                {
                    return ErrorCode.Conflict.With($"Dataset {dataset} is not to move from this site to {report.To} any more.");
                }

                tables.Homes.Wait(dataset, why);
                return Done.Value;
            },
            ct);

    private static Result<Done> Request(ZoneChange change, DatasetId dataset, string siteName, bool isOwn, bool isForced)
    {
        SiteRecord? site = isOwn ? null : change.Sites.FindByName(siteName);
        if (change.Names.Find(dataset) is not { } name || (!isOwn && site is null))
        {
            return SiteName.Unknown(siteName);
        }

        string target = site?.Id ?? change.ZoneId;
        if (CheckRestored(change) is { } uncertain)
        {
            return uncertain;
        }

        if (target != name.Home.SiteId && CheckTarget(change, name, target, siteName, site) is { } refusal)
        {
            return refusal;
        }

        if (!isForced && target != name.Home.SiteId && site is { Address: null }
            && FindCutOff(change, dataset, target) is { Count: > 0 } cut)
        {
            return (ErrorCode.Conflict with
            {
                Advice = "Choose a site with an address, open a door at one of them, or move it anyway with `--force`.",
            }).With(
                $"{siteName} has no address at which other sites could dial it, and neither have these sites with copies, which would be "
                + $"cut off: {string.Join(", ", cut.Take(MaxNamed))}.");
        }

        bool isWithdrawn = target == name.Home.SiteId && name.Home.Released is null;
        if (isWithdrawn || name.Home.NextId != target)
        {
            change.Homes.SetNext(dataset, isWithdrawn ? null : target);
        }

        change.AddAudit("home.ask", Target + dataset, "site " + siteName);
        return Done.Value;
    }

    /// <summary>Lists the sites whose copies could not follow a home without an address, as they have none either.</summary>
    private static IReadOnlyList<string> FindCutOff(ZoneChange change, DatasetId dataset, string target) =>
    [
        .. change.Copies.SitesWith(dataset).Where(copy => copy != target && copy != change.ZoneId)
            .Select(change.Sites.Find).OfType<SiteRecord>().Where(static site => site is { Address: null, RemovedAt: null })
            .Select(static site => site.Name),
    ];

    /// <summary>Returns a refusal after a restore until every site has reported, because a site may know of a later move.</summary>
    internal static HutchError? CheckRestored(ZoneChange change) => change.Restore.NotReported() is { Count: > 0 } untold
        ? (ErrorCode.Unavailable with
        {
            Advice = "Try again when they are connected. `hutch site remove NAME` gives up one that will not come back.",
        }).With("The zone was restored from a backup, and may not know of every move. It has not yet heard what these sites know: "
            + string.Join(", ", untold.Take(MaxNamed)) + (untold.Count > MaxNamed ? $", and {untold.Count - MaxNamed} others" : "") + ".")
        : null;

    /// <summary>Returns the reason why a site cannot become the home of a dataset; null when it can.</summary>
    internal static HutchError? CheckTarget(ZoneChange change, NameRecord name, string target, string siteName, SiteRecord? site)
    {
        if (name.Home.EndedAt is not null)
        {
            return ErrorCode.Gone.With($"{name.FullName} was deleted and has ended at its home: there is no home to move.");
        }

        if (name.Home.TrashedUntil is not null)
        {
            return (ErrorCode.InTrash with { Advice = "Restore it at its home first." }).With(
                $"{name.FullName} is in the trash of its home: it cannot move until it is restored or purged.");
        }

        if (change.Copies.OfDataset(name.Dataset).Any(static copy => copy.HeldAt is not null))
        {
            return ErrorCode.Conflict.With(
                $"Other sites hold the bytes of {name.FullName} for its home: it cannot move until they are recalled.");
        }

        if ((site?.Terms ?? change.Sites.OwnTerms()).Intake != SiteIntake.Open)
        {
            return ErrorCode.Conflict.With($"{siteName} takes nothing new, so that it cannot be the home of {name.FullName}.");
        }

        if (change.Copies.Find(name.Dataset, target) is not { CompleteAt: not null, ReleasedAt: null })
        {
            return (ErrorCode.Conflict with
            {
                Advice = $"`hutch replicate {name.Slug} --to {siteName}` first, and wait until it is complete.",
            }).With($"{siteName} has no complete copy of {name.FullName}: the home moves to a site that has one.");
        }

        if (site is not null && ServingBounds.From(change).FindExclusion(site, name) is { } why)
        {
            return ErrorCode.Conflict.With($"{siteName} cannot be the home of {name.FullName}: {why}.");
        }

        return null;
    }

    private static Result<Done> Receive(ZoneChange change, string siteId, DatasetId dataset, MoveReport report, IHomeSigner seal)
    {
        if (change.Homes.Find(dataset) is not { } home || (home.Epoch != report.Epoch && !IsRaise(home, siteId, report))
            || (home.SiteId != siteId && (home.NextId != siteId || report.To != siteId)))
        {
            return ErrorCode.Conflict.With($"This site is not the home of dataset {dataset} in epoch {report.Epoch}.");
        }

        if (home.SiteId != siteId)
        {
            // It had become the home before this zone was put back.
            if (IsNext(change, siteId, dataset, report.History))
            {
                Move(change, dataset, seal);
            }

            change.AddAudit("home.complete", Target + dataset, "site:" + siteId);
            return Done.Value;
        }

        if (home.Epoch != report.Epoch)
        {
            change.Homes.RaiseTo(dataset, siteId, report.Epoch);
            change.AddAudit("home.raise", Target + dataset, $"site:{siteId}, epoch {report.Epoch}");
            return Done.Value;
        }

        if (report.Problem is { } problem)
        {
            change.Homes.SetProblem(dataset, Short(problem));
            change.AddAudit("home.keep", Target + dataset, "site:" + siteId);
            return Done.Value;
        }

        return Release(change, siteId, home, dataset, report, seal);
    }

    private static Result<Done> Release(
        ZoneChange change, string siteId, HomeRecord home, DatasetId dataset, MoveReport report, IHomeSigner seal)
    {
        if (report is not { To: { } to, History: { } history, Proof: { } proof }
            || (to != change.ZoneId && change.Sites.Find(to) is not { RemovedAt: null }))
        {
            return ErrorCode.InvalidBody.With("A home that gives up says with which history, for which site, and signs that.");
        }

        if (home.NextId is { } next && next != to)
        {
            return ErrorCode.Conflict.With($"Another site is to be the home of dataset {dataset} by now.");
        }

        // A release that comes after a withdrawn request counts nevertheless: a home can never take it back.
        change.Homes.Release(dataset, to, history, proof);
        change.AddAudit("home.release", Target + dataset, $"site:{siteId} for site:{to}, history {history}");
        if (to == siteId)
        {
            Move(change, dataset, seal);
        }

        return Done.Value;
    }

    /// <summary>Returns true if a home knows of a later epoch of its own than the restored zone.</summary>
    private static bool IsRaise(HomeRecord home, string siteId, MoveReport report) =>
        home.SiteId == siteId && report.To == siteId && report is { History: null, Problem: null }
        && report.Epoch > home.Epoch && report.Epoch <= HomeRecord.MaxEpoch;

    private static bool IsNext(ZoneTables tables, string siteId, DatasetId dataset, BlobHash? history) =>
        history is not null && tables.Homes.Find(dataset) is { } home && home.NextId == siteId && home.Released == history;

    /// <summary>Begins the next epoch; the previous home keeps a copy.</summary>
    private static void Move(ZoneChange change, DatasetId dataset, IHomeSigner seal)
    {
        HomeRecord before = change.Homes.Find(dataset)!;
        var grant = new HomeAssignment(dataset, before.NextId!, before.Epoch + 1, before.Released!.Value, before.SiteId);
        Move(change, grant, seal.Sign(grant), before.ReleaseProof);
    }

    /// <summary>Applies a grant, which may also come from before a restore of the zone.</summary>
    internal static void Move(ZoneChange change, HomeAssignment grant, string grantProof, string? releaseProof)
    {
        DatasetId dataset = grant.Dataset;
        string known = change.Homes.Find(dataset)!.SiteId;
        change.Homes.Move(grant, grantProof, releaseProof);
        CopyProgress? reported = change.Copies.Find(dataset, grant.SiteId)?.Told;
        change.Copies.Remove(dataset, grant.SiteId);
        foreach (string was in new[] { grant.PreviousId, known }.Distinct().Where(was => was != grant.SiteId))
        {
            RetainCopy(change, grant, was, reported);
        }

        change.AddAudit("home.move", Target + dataset, $"site:{grant.SiteId}, epoch {grant.Epoch}");
    }

    /// <summary>Keeps a copy at the previous home. If a rule excludes that site as home, the rules decide about the copy.</summary>
    private static void RetainCopy(ZoneChange change, HomeAssignment grant, string siteId, CopyProgress? reported)
    {
        if (change.Copies.Find(grant.Dataset, siteId) is not null)
        {
            return;
        }

        bool isForRules = change.Names.Find(grant.Dataset) is { } name && HomeBounds.Excludes(change, name, siteId, "");
        change.Copies.Add(
            grant.Dataset, siteId, grant.IsLost ? "was the home until it was declared lost" : "was the home until it moved",
            reported?.Bytes, isForRules);
        if (reported is not null && siteId == grant.PreviousId && !grant.IsLost)
        {
            change.Copies.SetProgress(grant.Dataset, siteId, reported with { State = CopyStates.Complete, History = grant.Base });
        }
    }

    private static string Short(string problem) => problem.Length > MaxProblemCharacters ? problem[..MaxProblemCharacters] : problem;

    /// <summary>Records a home's report that it has deleted, restored or ended a dataset. Repeating it changes nothing.</summary>
    /// <param name="siteId">The site, already authenticated by its key.</param>
    public async ValueTask<Result<Done>> ReportAsync(string siteId, DatasetId dataset, EndReport report, CancellationToken ct)
    {
        report = report with { TrashedUntil = Stored(report.TrashedUntil), EndedAt = Stored(report.EndedAt) };
        Result<bool> isNews = await zone.ReadAsync(tables => IsNews(tables, siteId, dataset, report), ct);
        return isNews is { IsOk: true, Value: true }
            ? await zone.ChangeAsync(AuditActor.Server, change => Receive(change, siteId, dataset, report), ct)
            : isNews.Then<Done>(static _ => Done.Value);
    }

    private static Result<Done> Receive(ZoneChange change, string siteId, DatasetId dataset, EndReport report)
    {
        Result<bool> isNews = IsNews(change, siteId, dataset, report);
        if (!isNews.IsOk)
        {
            return isNews.Error;
        }

        change.Homes.SetEnd(dataset, report.TrashedUntil, report.EndedAt);
        change.Dois.SetDue(dataset);
        if (report.TrashedUntil is not null || report.EndedAt is not null)
        {
            change.AccessRequests.RemoveOn(dataset);
        }

        string action = report.EndedAt is not null ? "home.end" : report.TrashedUntil is not null ? "home.trash" : "home.restore";
        change.AddAudit(action, Target + dataset, "site:" + siteId);
        return Done.Value;
    }

    /// <summary>Rounds a time to the precision in the zone, so that an equal time is recognized when it comes again.</summary>
    private static DateTimeOffset? Stored(DateTimeOffset? time) =>
        time is { } reported ? DateTimeOffset.FromUnixTimeMilliseconds(reported.ToUnixTimeMilliseconds()) : null;

    /// <returns>True if the report is new; a refusal when the site is not the home in that epoch.</returns>
    private static Result<bool> IsNews(ZoneTables tables, string siteId, DatasetId dataset, EndReport report) =>
        tables.Homes.Find(dataset) is not { } home || home.SiteId != siteId || home.Epoch != report.Epoch
            ? ErrorCode.Conflict.With($"This site is not the home of dataset {dataset} in epoch {report.Epoch}.")
            : !tables.Purges.Has(dataset) && (home.TrashedUntil != report.TrashedUntil || home.EndedAt != report.EndedAt);
}

public sealed record HomeChanges(long Number, IReadOnlyDictionary<DatasetId, HomeRecord> Homes);

/// <param name="To">The site for which it gives up or has given up; null when it stays.</param>
/// <param name="History">The history of everything that it accepted; null before it gives up.</param>
/// <param name="Problem">The reason why it cannot give up, or waits; null for none.</param>
/// <param name="Proof">The signature of the home when it gave up.</param>
public sealed record MoveReport(long Epoch, string? To, BlobHash? History, string? Problem, string? Proof = null);

/// <summary>A home's report about the end of a dataset; without both times the dataset is present.</summary>
/// <param name="TrashedUntil">The time until which it can be restored from the trash there; null when it is not in the trash.</param>
/// <param name="EndedAt">The time when its bytes ended; null while they are present.</param>
public sealed record EndReport(long Epoch, DateTimeOffset? TrashedUntil, DateTimeOffset? EndedAt);
