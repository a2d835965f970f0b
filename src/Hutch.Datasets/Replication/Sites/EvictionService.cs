using Hutch.Site.Replication.Evicting;
using Hutch.Zone.Accounts;
using Hutch.Zone.Replication.Copies;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Reports if the bytes of a dataset are at its home, for readers. Evicts them to sites that hold them, or recalls them, for managers of
/// the dataset. See docs/design/federation.md (holds and eviction).
/// </summary>
public sealed class EvictionService(
    Authorizer authorizer, AccountService accounts, SiteRegistry sites, CopyRegistry copies, Evictions evictions, IEvictionWorker? work)
{
    /// <summary>More sites than that hold nothing better.</summary>
    public const int MaxHolders = 16;

    /// <summary>Returns the progress of an eviction. Callers ask at the home.</summary>
    public async Task<Result<EvictionReport>> FindAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.CopyRead, ct);
        return access.IsOk ? await ReportAsync(caller, access.Value.Dataset, await evictions.FindAsync(id, ct), ct) : access.Error;
    }

    /// <summary>Begins to give up the bytes, when so many sites hold them; nothing goes before. Again it changes nothing.</summary>
    /// <param name="keepsBytes">True to have sites hold the dataset, and to keep the bytes here nevertheless.</param>
    public async Task<Result<EvictionReport>> EvictAsync(
        Caller caller, DatasetId id, int holders, bool keepsBytes, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EvictionChange, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        SiteDataset? here = await evictions.FindAsync(id, ct);
        if (await CheckEvictableAsync(id, access.Value.Dataset.FullName, here, holders, keepsBytes, ct) is { } refusal)
        {
            return refusal;
        }

        Result<SiteDataset> wanted = keepsBytes
            ? await evictions.RequestHoldAsync(id, holders, caller.Name, ct)
            : await evictions.RequestAsync(id, holders, caller.Name, ct);
        return await AnswerAsync(caller, access.Value.Dataset, wanted, keepsBytes ? "hold" : "evict", ct);
    }

    /// <summary>Has the bytes brought back, or not given up. Again it changes nothing.</summary>
    public async Task<Result<EvictionReport>> RecallAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EvictionChange, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<SiteDataset> recalled = await evictions.RecallAsync(id, ct);
        return await AnswerAsync(caller, access.Value.Dataset, recalled, "recall", ct);
    }

    /// <summary>
    /// Returns the progress for a dataset whose files are in a folder of the facility. Checks no rights: the facility's own agent asks,
    /// which has its disk in charge.
    /// </summary>
    public async Task<EvictionReport> FindOfFolderAsync(DatasetId id, CancellationToken ct) =>
        await ReportAsync(id, (await evictions.FindAsync(id, ct))?.Eviction, mayExplain: true, ct);

    /// <summary>
    /// Has so many sites hold a dataset whose files are in a folder of the facility. Again it changes nothing. Checks no rights, as
    /// <see cref="FindOfFolderAsync"/>.
    /// </summary>
    public async Task<Result<EvictionReport>> EvictFolderAsync(DatasetId id, int holders, string by, CancellationToken ct)
    {
        SiteDataset? here = await evictions.FindAsync(id, ct);
        if (await CheckEvictableAsync(id, $"{here?.Owner}/{here?.Slug}", here, holders, keepsBytes: false, ct) is { } refusal)
        {
            return refusal;
        }

        Result<SiteDataset> wanted = await evictions.RequestFolderAsync(id, holders, by, ct);
        return wanted.IsOk ? await ReportAsync(id, wanted.Value.Eviction, mayExplain: true, ct) : wanted.Error;
    }

    /// <summary>Gives up what <see cref="EvictFolderAsync"/> has begun, unless sites hold the dataset already.</summary>
    public async Task<Result<Done>> StopFolderAsync(DatasetId id, CancellationToken ct) =>
        await evictions.FindAsync(id, ct) is { Folder: not null, Eviction.State: EvictionState.Wanted }
            ? (await evictions.RecallAsync(id, ct)).Then<Done>(static _ => Done.Value)
            : Done.Value;

    /// <summary>
    /// Returns the reason that a request to evict a dataset would be refused now; null for none. Changes nothing, and checks no rights.
    /// </summary>
    internal async Task<HutchError?> FindRefusalAsync(SiteDataset here, CancellationToken ct) =>
        await CheckEvictableAsync(here.Id, $"{here.Owner}/{here.Slug}", here, holders: 1, keepsBytes: false, ct)
        ?? Evictions.FindRefusal(here);

    internal async Task<Result<EvictionReport>> AnswerAsync(
        Caller caller, NameRecord name, Result<SiteDataset> outcome, string what, CancellationToken ct)
    {
        if (!outcome.IsOk)
        {
            return outcome.Error;
        }

        await accounts.AuditAsync(caller, Operation.EvictionChange, "dataset:" + name.Dataset, what, ct);
        return await ReportAsync(caller, name, outcome.Value, ct);
    }

    private async Task<HutchError?> CheckEvictableAsync(
        DatasetId id, string name, SiteDataset? here, int holders, bool keepsBytes, CancellationToken ct)
    {
        if (holders is < 1 or > MaxHolders)
        {
            return ErrorCode.BadRequest.With($"At least 1 and at most {MaxHolders} sites hold what a home gives up, not {holders}.");
        }

        if (work is null)
        {
            return ErrorCode.Unavailable.With("This server cannot speak with other sites.");
        }

        if (here is not { Ended: null, Copy: null, Closed: not null, Eviction: not { State: EvictionState.Evicted } })
        {
            // Decided where it is recorded.
            return null;
        }

        if (here.TrashedUntil is { } until)
        {
            return DatasetState.InTrash(name, DateTimeOffset.FromUnixTimeMilliseconds(until));
        }

        int there = (await copies.OfDatasetAsync(id, ct)).Count(static copy => copy.ReleasedAt is null);
        return there < holders
            ? (ErrorCode.Conflict with { Advice = $"`hutch replicate {here.Slug} --to SITE` first." }).With(
                $"The bytes of {name} can {(keepsBytes ? "be held" : "leave")} when {holders} other "
                + $"{(holders == 1 ? "site holds" : "sites hold")} them. "
                + $"Copies, complete or planned: {there}.")
            : keepsBytes ? null
            : work.CheckSize(await evictions.LargestAsync(here, ct));
    }

    private async Task<Result<EvictionReport>> ReportAsync(Caller caller, NameRecord name, SiteDataset? here, CancellationToken ct)
    {
        if (here is not { Copy: null, Ended: null })
        {
            return (ErrorCode.Unprocessable with { Advice = "Ask there." }).With(
                $"The home of {name.FullName} is another site, which knows whether its bytes are there.");
        }

        // A site's messages about its disk and its peers are for users that can solve the problem.
        bool mayExplain = (await authorizer.AuthorizeAsync(caller, name.Dataset, Operation.CopyExplain, ct)).IsOk;
        return await ReportAsync(name.Dataset, here.Eviction, mayExplain, ct);
    }

    private async Task<EvictionReport> ReportAsync(DatasetId id, Eviction? eviction, bool mayExplain, CancellationToken ct)
    {
        if (eviction is null)
        {
            return new EvictionReport(null, [], null);
        }

        IReadOnlyDictionary<string, string> problems =
            mayExplain && work is not null ? work.ProblemsOf(id) : new Dictionary<string, string>();
        var holders = new List<HolderReport>();
        foreach (EvictionHolder asked in eviction.Asked)
        {
            holders.Add(new HolderReport(
                (await sites.FindPeerAsync(asked.SiteId, ct))?.Name ?? asked.SiteId, asked.Proof is not null,
                problems.GetValueOrDefault(asked.SiteId)));
        }

        foreach ((string siteId, string problem) in problems.Where(one =>
            one.Key != sites.OwnId && eviction.Asked.All(asked => asked.SiteId != one.Key)))
        {
            holders.Add(new HolderReport((await sites.FindPeerAsync(siteId, ct))?.Name ?? siteId, false, problem));
        }

        return new EvictionReport(eviction, holders, problems.GetValueOrDefault(sites.OwnId));
    }
}

/// <param name="Eviction">The record; null when the bytes are here and are to stay.</param>
/// <param name="Holders">The sites that were asked to hold the dataset, or are to be.</param>
/// <param name="Problem">The reason that it does not continue here; null for none.</param>
public sealed record EvictionReport(Eviction? Eviction, IReadOnlyList<HolderReport> Holders, string? Problem);

/// <param name="HasProven">Whether the home counts on it.</param>
/// <param name="Problem">Why it does not go on there; null for nothing.</param>
public sealed record HolderReport(string Site, bool HasProven, string? Problem);
