using System.Collections.Frozen;
using System.Text;
using Hutch.Datasets.Replication.Placement;
using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Placement;
using Hutch.Model.Reproducing;
using Hutch.Model.Sites;
using Hutch.Programs.Documents;
using Hutch.Zone.Publishing;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Datasets.Programs;

/// <summary>Reads what a decision about reproducible results needs from the zone, the engines and the records of this site.</summary>
internal sealed class ReproductionReader(
    SiteDatabase records, HeadReader heads, SiteRegistry sites, CopyRegistry copies, Placements placements, Publications publications,
    FactReader facts, ProgramQueue queue, ISiteSigner signer, TimeProvider time)
{
    /// <summary>Refuses where this site does not have the rules.</summary>
    public HutchError? FindLackingZone() =>
        placements.AreOfAnotherZone ? (ErrorCode.Unprocessable with { Advice = "Move the home there first." }).With(
            "Only the zone's own site, which has the rules, evicts what a program computes again.")
        : null;

    /// <summary>
    /// Returns the newest statement by its own time of those that count, else of any site; null for none, and for a dataset that keeps no
    /// more of them. What other sites say neither permits an eviction nor prevents it.
    /// </summary>
    internal static RerunStatement? FindNewest(SiteQueries queries, DatasetId id, FrozenSet<BlobHash> counted)
    {
        IReadOnlyList<SiteStatement> all = queries.Statements(id);
        RerunStatement[] signed = all.Count >= RunComparisons.MaxOfDataset ? [] :
        [
            .. all
                .Select(static one => RerunStatement.Read(one.Document, one.Proof).TryGet(out RerunStatement? read, out _) ? read : null)
                .OfType<RerunStatement>().Where(said => said.Dataset == id),
        ];
        return signed.Where(said => counted.Contains(said.Key)).MaxBy(static said => said.At) ?? signed.MaxBy(static said => said.At);
    }

    internal static ProgramDocument? ReadProgram(SiteRun run) => run.Description.Task is { } task
        && ProgramReader.Read(run.Description.Program + ".yaml", Encoding.UTF8.GetBytes(task.Document), out _) is { } program
        && program.Digest == task.Digest
        ? program
        : null;

    /// <summary>Reads what the records of this site do not say.</summary>
    public async Task<Result<ReproductionSurroundings>> ReadAsync(NameRecord name, CancellationToken ct)
    {
        DatasetId id = name.Dataset;
        IReadOnlyList<DatasetFacts> known = await facts.DatasetsAsync([id], ct);
        if (known is not [{ Type.IsKnown: true }])
        {
            return ErrorCode.Conflict.With($"The type of {name.FullName} is not known here, so that a rule for its type may need copies.");
        }

        IReadOnlyList<PlannedDataset> planned = await placements.PlanAsync(known, facts.Sites(), null, ct);
        PlacementRule[] rules = [.. planned.SelectMany(static one => one.Rules).Select(static rule => rule.Rule)];
        FrozenSet<BlobHash> counted = await FindCountedAsync(rules, ct);
        (RerunStatement? newest, SiteRun? run, SiteDataset? dataset) = await records.ReadConsistentAsync(
            queries => FindNewest(queries, id, counted) is { } said
                ? (said, queries.Run(said.Run), queries.Dataset(id))
                : ((RerunStatement?)null, (SiteRun?)null, queries.Dataset(id)),
            ct);
        DatasetId[] inputs = [.. (run?.Inputs ?? []).Select(static input => input.Dataset)];
        var homes = new HashSet<DatasetId>();
        var holders = new Dictionary<DatasetId, IReadOnlySet<string>>();
        foreach (DatasetId one in inputs.Append(id).Distinct())
        {
            if (await copies.FindAsync(one, sites.OwnId, ct) is { Home: { IsOver: false, NextId: null } home }
                && home.SiteId == sites.OwnId)
            {
                homes.Add(one);
            }

            holders[one] = (await copies.OfDatasetAsync(one, ct))
                .Where(static copy => copy is { HeldAt: not null, ReleasedAt: null }).Select(static copy => copy.SiteId).ToHashSet();
        }

        HutchError? problem = run?.Description.Task is { } task ? await queue.FindProblemAsync(task.Engine, ct) : null;
        return new ReproductionSurroundings(name, rules)
        {
            CountedKeys = counted,
            Homes = homes.ToFrozenSet(),
            HeldBy = holders.ToFrozenDictionary(),
            IsPublished = await publications.IsCitedAsync(id, ct),
            Copies = (await copies.OfDatasetAsync(id, ct)).Count(static copy => copy.ReleasedAt is null),
            TrustedKey = newest is not null && await IsOfZoneAsync(newest.Key, ct) ? newest.Key : null,
            Problem = problem?.Message,
            Root = dataset?.Root.Page,
            Kept = dataset is not null && run is not null && ReadProgram(run) is { } program
                ? await FindKeptAsync(dataset.Root, program.Comparison, ct)
                : null,
            Now = time.GetUtcNow(),
        };
    }

    /// <summary>Returns the keys of the sites whose reruns count: this one, and those that every rule names.</summary>
    private async ValueTask<FrozenSet<BlobHash>> FindCountedAsync(IReadOnlyList<PlacementRule> rules, CancellationToken ct)
    {
        PlacementRule[] proofs = [.. rules.Where(static rule => rule.ProofDays is not null)];
        IEnumerable<SiteRecord> named = (await sites.StateAsync(ct)).Sites.Where(
            site => proofs.Length > 0 && proofs.All(rule => rule.ProofSites.Contains(site.Name)));
        return named.Select(static site => site.Key).Append(await signer.GetKeyAsync(ct)).ToFrozenSet();
    }

    private async ValueTask<bool> IsOfZoneAsync(BlobHash key, CancellationToken ct) =>
        await signer.GetKeyAsync(ct) == key || await sites.FindPeerAsync(key, ct) is not null;

    /// <summary>Returns the contents of the files that differ by nature; null if there are too many.</summary>
    private async Task<IReadOnlyList<BlobHash>?> FindKeptAsync(TreeRoot root, ComparisonRules rules, CancellationToken ct)
    {
        var retained = new HashSet<BlobHash>();
        await foreach (PathEntry file in heads.Tree.EnumerateAsync(root, null, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File && rules.DiffersByNature(file.Path.Value) && retained.Add(file.Entry.Hash)
                && retained.Count > ReproductionRule.MaxKept)
            {
                return null;
            }
        }

        return [.. retained];
    }
}
