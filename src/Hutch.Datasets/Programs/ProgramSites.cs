using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Sites;
using Hutch.Programs.Documents;
using Hutch.Zone.Replication.Copies;

namespace Hutch.Datasets.Programs;

/// <summary>Decides at which sites programs can run: those with the bytes of the inputs, which no rule excludes.</summary>
/// <remarks>Checks no rights of callers.</remarks>
internal sealed class ProgramSites(
    SiteRegistry sites, CopyRegistry copies, SiteReaders readers, HeadReader heads, TypeLibrary types, ISiteSigner signer)
{
    public string OwnId => sites.OwnId;

    public string OwnName => signer.Name;

    /// <summary>Returns the site where a start is to run: a name, <see cref="ProgramDocument.AutoSite"/>, or null for this one.</summary>
    public Result<string?> FindWanted(ProgramDocument program, string? asked)
    {
        if (asked is not null && !SiteName.Parse(asked).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        string? wanted = program.Site is null or ProgramDocument.AutoSite ? asked ?? program.Site : program.Site;
        return asked is not (null or ProgramDocument.AutoSite) && asked != wanted
                ? ErrorCode.Unprocessable.With(
                    $"The program '{program.Name}' runs at the site {wanted}, as its document says, and not at {Display.Quote(asked)}.")
            : IsOwn(wanted) ? (string?)null
            : wanted;
    }

    /// <summary>Returns the reason why this site does not take a start that another one hands over; null if it does.</summary>
    public HutchError? FindRefusal(ProgramDocument program, HandedStart start)
    {
        if (start.Site is { } name && !IsOwn(name))
        {
            return SiteName.Unknown(name);
        }

        if (program.Site is { } site && site != ProgramDocument.AutoSite && !IsOwn(site))
        {
            return ErrorCode.Unprocessable.With($"The document of '{program.Name}' here says that it runs at the site {site}.");
        }

        if (program.Digest == start.Digest)
        {
            return null;
        }

        return (ErrorCode.Unavailable with { Advice = "Ask the operators of both sites for the same document." }).With(
            $"Its program '{program.Name}' (version {program.Version}) is not the one of the site that asks: their documents differ.");
    }

    /// <summary>Returns the id of a site. A name that is unknown to a joined site may be that of the zone's own site.</summary>
    public async ValueTask<Result<string>> FindIdAsync(string name, CancellationToken ct) =>
        (await sites.StateAsync(ct)).Sites.FirstOrDefault(site => site.Name == name && site.RemovedAt is null) is { } known ? known.Id
        : sites.Zone is { } zone ? zone.Zone
        : SiteName.Unknown(name);

    /// <summary>Returns the name of a site for people.</summary>
    public async ValueTask<string> NameOfAsync(string siteId, CancellationToken ct) =>
        siteId == OwnId ? OwnName : (await sites.FindPeerAsync(siteId, ct))?.Name ?? siteId;

    /// <summary>Lists other sites that should have all of some datasets: the home of the first one, then by their ids.</summary>
    public async ValueTask<IReadOnlyList<string>> ListHoldersAsync(IReadOnlyList<NameRecord> datasets, CancellationToken ct)
    {
        string home = datasets[0].Home.SiteId;
        HashSet<string>? all = null;
        foreach (NameRecord dataset in datasets)
        {
            // A joined site does not know which copies are whole: those that are not refuse.
            HashSet<string> holders =
            [
                .. (await copies.OfDatasetAsync(dataset.Dataset, ct))
                    .Where(copy => copy.ReleasedAt is null && (copy.CompleteAt is not null || sites.Zone is not null))
                    .Select(static copy => copy.SiteId),
                dataset.Home.SiteId,
            ];
            all = all is null ? holders : [.. all.Intersect(holders)];
        }

        return [.. (all ?? []).Where(id => id != OwnId).OrderBy(id => id != home).ThenBy(static id => id, StringComparer.Ordinal)];
    }

    /// <summary>Returns the reason why this site cannot read all bytes of a dataset from its own disk; null if it can.</summary>
    public async ValueTask<HutchError?> FindLackingAsync(DatasetId id, string name, HandedStart? start, CancellationToken ct)
    {
        if (!(await heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? dataset, out _)
            || dataset is { Ended: not null } or { TrashedUntil: not null })
        {
            return Lacking($"It has no whole copy of '{name}'.");
        }

        if (dataset.Eviction?.IsAway() == true)
        {
            return Lacking($"The bytes of '{name}' are evicted there.");
        }

        bool isOld = start is { IsClosed: true } && dataset.Closed is null
            || start?.Newest is { } newest
                && !(await heads.ResolveAsync(id, SnapshotRef.OfNumber(checked((int)newest)), ct)).IsOk;
        return isOld ? Lacking($"Its copy of '{name}' does not have the newest version yet.") : null;

        static HutchError Lacking(string message) =>
            (ErrorCode.Unavailable with { Advice = "Make a copy there: `hutch replicate DATASET --to SITE`." }).With(message);
    }

    /// <summary>Returns the rule that keeps the inputs or the results of a program away from a site, as a refusal; null for none.</summary>
    /// <param name="owner">The owner of the results.</param>
    public async ValueTask<HutchError?> FindExclusionAsync(
        string siteId, IReadOnlyList<DatasetId> inputs, string owner, string type, CancellationToken ct)
    {
        bool isInputKept = siteId != OwnId && (await readers.ServedAsync(siteId, inputs, ct)).Count < inputs.Count;
        return isInputKept ? ErrorCode.Unprocessable.With("A rule (`serve where`) keeps its input away from this site.")
            : await readers.FindExclusionAsync(siteId, owner, types.LineageOf(type), ct) is { } rule
                ? ErrorCode.Unprocessable.With($"A rule ('{rule}') keeps its results away from this site.")
            : null;
    }

    private bool IsOwn(string? name) => name is not null && name == signer.Name;
}
