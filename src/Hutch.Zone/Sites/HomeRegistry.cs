using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Placement;

namespace Hutch.Zone.Sites;

/// <summary>
/// Which site is the home of a dataset, and how another one becomes it: the zone says who is to be next, the home gives up and says with
/// which history, and when the next has that history whole, the next epoch begins with it. See docs/decisions/0174-homes-and-copies.md.
/// </summary>
public sealed class HomeRegistry
{
    private const string Target = "dataset:";
    private const int MaxProblemCharacters = 1000;

    private static readonly HutchError Off = (ErrorCode.Unprocessable with
    {
        Advice = "docs/operations/sites.md says what is missing, and how an administrator turns it on all the same.",
    }).With("Moving the home of a dataset is not finished, and is turned off in this zone.");

    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;

    internal HomeRegistry(ZoneDatabase zone, Authorizer authorizer) => (_zone, _authorizer) = (zone, authorizer);

    /// <summary>Asks that a site becomes the home of a dataset; asking for the site that is it withdraws an earlier question.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="siteName">The site.</param>
    /// <param name="ownName">What the site beside the zone is called.</param>
    /// <param name="isOn">Whether the configuration lets homes move.</param>
    /// <param name="ct">Ends the wait for other changes.</param>
    public async ValueTask<Result<Done>> AskAsync(
        Caller caller, DatasetId dataset, string siteName, string? ownName, bool isOn, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.HomeChange, ct);
        return access.IsOk
            ? await _zone.ChangeAsync(caller.Actor, change => Ask(change, dataset, siteName, siteName == ownName, isOn), ct)
            : access.Error;
    }

    /// <summary>Rises with every change of the zone.</summary>
    public long Version => _zone.Version;

    /// <summary>Waits until there may be something new.</summary>
    public Task WaitForChangeAsync(long version, CancellationToken ct) => _zone.WaitForChangeAsync(version, ct);

    /// <summary>The datasets that have moved or are to move, as this server knows it, and some others.</summary>
    public ValueTask<IReadOnlyList<(DatasetId Dataset, HomeRecord Home)>> MovedAsync(
        IReadOnlyList<DatasetId> others, CancellationToken ct) => _zone.ReadAsync<IReadOnlyList<(DatasetId, HomeRecord)>>(
            tables =>
            {
                IReadOnlyList<(DatasetId Dataset, HomeRecord)> moved = tables.Homes.Moved();
                HashSet<DatasetId> known = [.. moved.Select(static one => one.Dataset)];
                return
                [
                    .. moved,
                    .. others.Where(one => !known.Contains(one)).Select(one => (one, tables.Homes.Find(one)))
                        .Where(static one => one.Item2 is not null).Select(static one => (one.one, one.Item2!)),
                ];
            },
            ct);

    /// <summary>Takes in what a site says of its part of a move. Said again it changes nothing.</summary>
    public async ValueTask<Result<Done>> TellAsync(string siteId, DatasetId dataset, MoveReport report, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(report);
        HomeRecord? home = await _zone.ReadAsync(tables => tables.Homes.Find(dataset), ct);
        return home is not null && home.SiteId == siteId && home.NextId == report.To && home.Released == report.History
            && report.History is not null
            ? Done.Value
            : await _zone.ChangeAsync(AuditActor.Server, change => Take(change, siteId, dataset, report), ct);
    }

    /// <summary>Notes that a site has a history whole: when the home has given up with it, and for this site, it is the home now.</summary>
    public async ValueTask NoteCompleteAsync(string siteId, DatasetId dataset, BlobHash history, CancellationToken ct)
    {
        if (await _zone.ReadAsync(tables => IsNext(tables, siteId, dataset, history), ct))
        {
            _ = await _zone.ChangeAsync<Done>(
                AuditActor.Server,
                change =>
                {
                    if (IsNext(change, siteId, dataset, history))
                    {
                        Move(change, dataset);
                    }

                    change.Note("home.complete", Target + dataset, "site:" + siteId);
                    return Done.Value;
                },
                ct);
        }
    }

    private Result<Done> Ask(ZoneChange change, DatasetId dataset, string siteName, bool isOwn, bool isOn)
    {
        SiteRecord? site = isOwn ? null : change.Sites.FindByName(siteName);
        if (change.Names.Find(dataset) is not { } name || (!isOwn && site is null))
        {
            return (ErrorCode.NotFound with { Advice = "`hutch site list` shows the sites." }).With(
                $"There is no site {Display.Quote(siteName)} in this zone.");
        }

        string target = site?.Id ?? change.ZoneId;
        if (target != name.Home.SiteId && ((isOn ? null : Off) ?? WhyNot(change, name, target, siteName, site)) is { } refusal)
        {
            return refusal;
        }

        bool isWithdrawn = target == name.Home.SiteId && name.Home.Released is null;
        if (isWithdrawn || name.Home.NextId != target)
        {
            change.Homes.SetNext(dataset, isWithdrawn ? null : target);
        }

        change.Note("home.ask", Target + dataset, "site " + siteName);
        return Done.Value;
    }

    private HutchError? WhyNot(ZoneChange change, NameRecord name, string target, string siteName, SiteRecord? site) =>
        change.Copies.Find(name.Dataset, target) is not { CompleteAt: not null, Told.State: CopyStates.Complete or CopyStates.Running }
            ? (ErrorCode.Conflict with
            {
                Advice = $"`hutch replicate {name.Slug} --to {siteName}` first, and wait until it is complete.",
            }).With($"{siteName} has no complete copy of {name.FullName}: the home moves to a site that has one.")
        : site is { Address: null }
            ? ErrorCode.Unprocessable.With(
                $"{siteName} has no address at which other sites could dial it, so none could copy what is at home there. Its operator "
                + "sets 'sites.listen'.")
        : site is not null && ServingBounds.Of(change).Excluding(site, name) is { } rule
            ? ErrorCode.Conflict.With($"{siteName} cannot be the home of {name.FullName}: rule {rule.Number} says '{rule.Rule}'.")
        : (site is null || name.Home.SiteId == change.ZoneId) && !_zone.IsEmbedded
            ? ErrorCode.Unprocessable.With("The site of this zone is run by several servers, and no home can move to or from it yet.")
        : null;

    private static Result<Done> Take(ZoneChange change, string siteId, DatasetId dataset, MoveReport report)
    {
        if (change.Homes.Find(dataset) is not { } home || home.Epoch != report.Epoch
            || (home.SiteId != siteId && (home.NextId != siteId || report.To != siteId)))
        {
            return ErrorCode.Conflict.With($"This site is not the home of dataset {dataset} in epoch {report.Epoch}.");
        }

        if (home.SiteId != siteId)
        {
            // It had become the home before this zone was put back.
            if (IsNext(change, siteId, dataset, report.History))
            {
                Move(change, dataset);
            }

            change.Note("home.complete", Target + dataset, "site:" + siteId);
            return Done.Value;
        }

        if (report.Problem is { } problem)
        {
            change.Homes.Keep(dataset, problem.Length > MaxProblemCharacters ? problem[..MaxProblemCharacters] : problem);
            change.Note("home.keep", Target + dataset, "site:" + siteId);
            return Done.Value;
        }

        if (report is not { To: { } to, History: { } history } || (to != change.ZoneId && change.Sites.Find(to) is not { RemovedAt: null }))
        {
            return ErrorCode.InvalidBody.With("A home that gives up says with which history, and for which site.");
        }

        if (home.NextId is { } next && next != to)
        {
            return ErrorCode.Conflict.With($"Another site is to be the home of dataset {dataset} by now.");
        }

        // When nobody is to be the next any more, it came too late: whoever has given up may never take that back.
        change.Homes.Release(dataset, to, history);
        change.Note("home.release", Target + dataset, $"site:{siteId} for site:{to}, history {history}");
        if (to == siteId || IsNext(change, to, dataset, history, change.Copies.Find(dataset, to)?.Told))
        {
            Move(change, dataset);
        }

        return Done.Value;
    }

    private static bool IsNext(ZoneTables tables, string siteId, DatasetId dataset, BlobHash? history) =>
        history is not null && tables.Homes.Find(dataset) is { } home && home.NextId == siteId && home.Released == history;

    private static bool IsNext(ZoneTables tables, string siteId, DatasetId dataset, BlobHash history, CopyProgress? told) =>
        told is { State: CopyStates.Complete } && told.History == history && IsNext(tables, siteId, dataset, history);

    /// <summary>The next epoch begins; whoever was the home has a copy.</summary>
    private static void Move(ZoneChange change, DatasetId dataset)
    {
        HomeRecord before = change.Homes.Find(dataset)!;
        change.Homes.Move(dataset);
        HomeRecord home = change.Homes.Find(dataset)!;
        if (before.SiteId != home.SiteId)
        {
            CopyProgress? told = change.Copies.Find(dataset, home.SiteId)?.Told;
            change.Copies.Remove(dataset, home.SiteId);
            change.Copies.Add(dataset, before.SiteId, "was the home until it moved", told?.Bytes);
            if (told is not null)
            {
                change.Copies.Tell(dataset, before.SiteId, told with { State = CopyStates.Complete, History = before.Released });
            }
        }

        change.Note("home.move", Target + dataset, $"site:{home.SiteId}, epoch {home.Epoch}");
    }
}

/// <summary>What the home of a dataset says of its part of a move.</summary>
/// <param name="Epoch">The epoch in which it is the home, or was.</param>
/// <param name="To">The site for which it has given up; null when it has not.</param>
/// <param name="History">The history of everything that it had accepted.</param>
/// <param name="Problem">Why it cannot give up; null when it could.</param>
public sealed record MoveReport(long Epoch, string? To, BlobHash? History, string? Problem);
