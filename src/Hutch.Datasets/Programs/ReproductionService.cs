using System.Collections.Frozen;
using System.Text;
using Hutch.Datasets.Replication.Placement;
using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Placement;
using Hutch.Model.Reproducing;
using Hutch.Model.Sites;
using Hutch.Programs.Documents;
using Hutch.Site.Replication.Evicting;
using Hutch.Zone.Publishing;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Evicts the bytes of results that a program computes again: see docs/design/programs.md. It proposes first,
/// which keeps the inputs from ending, and then decides with facts that were read after that.
/// </summary>
public sealed class ReproductionService
{
    private readonly SiteDatabase _records;
    private readonly Evictions _evictions;
    private readonly HeadReader _heads;
    private readonly SiteRegistry _sites;
    private readonly CopyRegistry _copies;
    private readonly Placements _placements;
    private readonly Publications _publications;
    private readonly Authorizer _authorizer;
    private readonly EvictionService _reports;
    private readonly FactReader _facts;
    private readonly ProgramQueue _queue;
    private readonly ISiteSigner _signer;
    private readonly TimeProvider _time;

    internal ReproductionService(
        (SiteDatabase Records, Evictions Evictions, HeadReader Heads) site,
        (SiteRegistry Sites, CopyRegistry Copies, Placements Placements, Publications Publications, Authorizer Authorizer) zone,
        EvictionService reports, FactReader facts, ProgramQueue queue, ISiteSigner signer, TimeProvider time)
    {
        (_records, _evictions, _heads) = site;
        (_sites, _copies, _placements, _publications, _authorizer) = zone;
        (_reports, _facts, _queue, _signer, _time) = (reports, facts, queue, signer, time);
    }

    /// <summary>Evicts the bytes, if nothing speaks against it; otherwise nothing goes. A repetition changes nothing.</summary>
    public async Task<Result<EvictionReport>> EvictAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        if (!(await _authorizer.AuthorizeAsync(caller, id, Operation.EvictionChange, ct)).TryGet(out Access access, out HutchError? refusal)
            || (refusal = FindLackingZone()) is not null)
        {
            return refusal;
        }

        NameRecord name = access.Dataset;
        if (await _evictions.FindAsync(id, ct) is { Eviction: { State: EvictionState.Evicted, Reproduction: not null } } evicted)
        {
            return await _reports.AnswerAsync(caller, name, evicted, "evict reproducible", ct);
        }

        if (!(await ReadAsync(name, ct)).TryGet(out Surroundings? before, out refusal)
            || !(await _evictions.ProposeAsync(id, caller.Name, queries => Decide(queries, before), ct))
                .TryGet(out SiteDataset? proposed, out refusal))
        {
            return refusal;
        }

        // From here on no input ends. What others changed in between, such as rules and publications, is read again.
        BlobHash nonce = proposed.Eviction!.Nonce;
        Result<Surroundings> after = await ReadAsync(name, ct);
        Result<SiteDataset> done = after.IsOk
            ? await _evictions.EvictProposedAsync(id, nonce, queries => Decide(queries, after.Value), ct)
            : after.Error;
        if (!done.IsOk && done.Error.Code != ErrorCode.OutcomeUnknown)
        {
            await _evictions.WithdrawAsync(id, nonce, ct);
        }

        return await _reports.AnswerAsync(caller, name, done, "evict reproducible", ct);
    }

    private HutchError? FindLackingZone() =>
        _placements.AreOfAnotherZone ? (ErrorCode.Unprocessable with { Advice = "Move the home there first." }).With(
            "Only the zone's own site, which has the rules, evicts what a program computes again.")
        : null;

    /// <summary>Decides with what this site has recorded at this moment, inside a commit.</summary>
    private static Result<Reproduction> Decide(SiteQueries queries, Surroundings around)
    {
        DatasetId id = around.Name.Dataset;
        SiteDataset? dataset = queries.Dataset(id);
        RerunStatement? newest = FindNewest(queries, id, around.CountedKeys);
        SiteRun? run = newest is null ? null : queries.Run(newest.Run);
        IReadOnlyList<BlobHash> roots = dataset is null ? [] : RootsOf(queries, id);
        return ReproductionRule.Decide(new ReproductionFacts
        {
            Dataset = id,
            Name = around.Name.FullName,
            IsHome = dataset is { Copy: null } && around.Homes.Contains(id),
            IsPresent = dataset is { Ended: null, TrashedUntil: null },
            IsClosed = dataset?.Closed is not null,
            IsTemporary = dataset?.Expires is not null || dataset?.BeingKept is not null,
            IsInFolder = dataset?.Folder is not null,
            Eviction = dataset?.Eviction is { State: EvictionState.Wanted, Reproduction: not null } ? null : dataset?.Eviction?.State,
            IsPublished = around.IsPublished,
            Copies = around.Copies,
            Rules = around.Rules,
            Roots = roots,
            Statement = newest,
            IsOfZone = newest is not null && (newest.Key == around.TrustedKey || around.CountedKeys.Contains(newest.Key)),
            IsCounted = newest is not null && around.CountedKeys.Contains(newest.Key),
            Run = run is null ? null : Describe(run, id, around.Problem),
            Inputs = run is null ? [] : [.. run.Inputs.Select(input => Read(queries, input, around))],
            Kept = roots.Count > 0 && roots[^1] == around.Root ? around.Kept : null,
            Now = around.Now,
        });
    }

    private static IReadOnlyList<BlobHash> RootsOf(SiteQueries queries, DatasetId id) =>
        [.. (Attester.PermanentSnapshots(queries, id) ?? []).Select(static one => one.Root.Page)];

    /// <summary>
    /// Returns the newest statement by its own time of those that count, else of any site; null for none, and for a dataset that keeps no
    /// more of them. What other sites say neither permits an eviction nor prevents it.
    /// </summary>
    private static RerunStatement? FindNewest(SiteQueries queries, DatasetId id, FrozenSet<BlobHash> counted)
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

    private static ReproducibleRun Describe(SiteRun run, DatasetId results, string? problem)
    {
        ProgramDocument? program = ReadProgram(run);
        return new ReproducibleRun(
            run.Id, run is { Outcome: "done", Outputs: [var only] } && only == results,
            program is null ? null : run.Description.Task!.Digest, program?.Image is not null, run.Description.Task?.Limits.Network == true,
            run.Description.Parts is not null && program?.Each is null, problem, run.Inputs);
    }

    private static ProgramDocument? ReadProgram(SiteRun run) => run.Description.Task is { } task
        && ProgramReader.Read(run.Description.Program + ".yaml", Encoding.UTF8.GetBytes(task.Document), out _) is { } program
        && program.Digest == task.Digest
        ? program
        : null;

    private static ReproductionInput Read(SiteQueries queries, VersionReference input, Surroundings around)
    {
        SiteDataset? dataset = queries.Dataset(input.Dataset);
        bool isHeld = input.Snapshot is { } number && dataset?.Eviction?.Versions.Contains(number) == true;
        return new ReproductionInput(
            input, dataset is null ? input.Dataset.ToString() : $"{dataset.Owner}/{dataset.Slug}",
            dataset is { Copy: null, Closed: not null, Ended: null, TrashedUntil: null } && around.Homes.Contains(input.Dataset),
            dataset?.Eviction, isHeld ? queries.Snapshot(dataset!.Key, input.Snapshot!.Value)?.Root.Page : null,
            around.HeldBy.GetValueOrDefault(input.Dataset) ?? new HashSet<string>());
    }

    /// <summary>Reads what the records of this site do not say.</summary>
    private async Task<Result<Surroundings>> ReadAsync(NameRecord name, CancellationToken ct)
    {
        DatasetId id = name.Dataset;
        IReadOnlyList<DatasetFacts> facts = await _facts.DatasetsAsync([id], ct);
        if (facts is not [{ Type.IsKnown: true }])
        {
            return ErrorCode.Conflict.With($"The type of {name.FullName} is not known here, so that a rule for its type may need copies.");
        }

        IReadOnlyList<PlannedDataset> planned = await _placements.PlanAsync(facts, _facts.Sites(), null, ct);
        PlacementRule[] rules = [.. planned.SelectMany(static one => one.Rules).Select(static rule => rule.Rule)];
        FrozenSet<BlobHash> counted = await FindCountedAsync(rules, ct);
        (RerunStatement? newest, SiteRun? run, SiteDataset? dataset) = await _records.ReadConsistentAsync(
            queries => FindNewest(queries, id, counted) is { } said
                ? (said, queries.Run(said.Run), queries.Dataset(id))
                : ((RerunStatement?)null, (SiteRun?)null, queries.Dataset(id)),
            ct);
        DatasetId[] inputs = [.. (run?.Inputs ?? []).Select(static input => input.Dataset)];
        var homes = new HashSet<DatasetId>();
        var holders = new Dictionary<DatasetId, IReadOnlySet<string>>();
        foreach (DatasetId one in inputs.Append(id).Distinct())
        {
            if (await _copies.FindAsync(one, _sites.OwnId, ct) is { Home: { IsOver: false, NextId: null } home }
                && home.SiteId == _sites.OwnId)
            {
                homes.Add(one);
            }

            holders[one] = (await _copies.OfDatasetAsync(one, ct))
                .Where(static copy => copy is { HeldAt: not null, ReleasedAt: null }).Select(static copy => copy.SiteId).ToHashSet();
        }

        HutchError? problem = run?.Description.Task is { } task ? await _queue.FindProblemAsync(task.Engine, ct) : null;
        return new Surroundings(name, rules)
        {
            CountedKeys = counted,
            Homes = homes.ToFrozenSet(),
            HeldBy = holders.ToFrozenDictionary(),
            IsPublished = await _publications.IsCitedAsync(id, ct),
            Copies = (await _copies.OfDatasetAsync(id, ct)).Count(static copy => copy.ReleasedAt is null),
            TrustedKey = newest is not null && await IsOfZoneAsync(newest.Key, ct) ? newest.Key : null,
            Problem = problem?.Message,
            Root = dataset?.Root.Page,
            Kept = dataset is not null && run is not null && ReadProgram(run) is { } program
                ? await FindKeptAsync(dataset.Root, program.Comparison, ct)
                : null,
            Now = _time.GetUtcNow(),
        };
    }

    /// <summary>Returns the keys of the sites whose reruns count: this one, and those that every rule names.</summary>
    private async ValueTask<FrozenSet<BlobHash>> FindCountedAsync(IReadOnlyList<PlacementRule> rules, CancellationToken ct)
    {
        PlacementRule[] proofs = [.. rules.Where(static rule => rule.ProofDays is not null)];
        IEnumerable<SiteRecord> named = (await _sites.StateAsync(ct)).Sites.Where(
            site => proofs.Length > 0 && proofs.All(rule => rule.ProofSites.Contains(site.Name)));
        return named.Select(static site => site.Key).Append(await _signer.GetKeyAsync(ct)).ToFrozenSet();
    }

    private async ValueTask<bool> IsOfZoneAsync(BlobHash key, CancellationToken ct) =>
        await _signer.GetKeyAsync(ct) == key || await _sites.FindPeerAsync(key, ct) is not null;

    /// <summary>Returns the contents of the files that differ by nature; null if there are too many.</summary>
    private async Task<IReadOnlyList<BlobHash>?> FindKeptAsync(TreeRoot root, ComparisonRules rules, CancellationToken ct)
    {
        var retained = new HashSet<BlobHash>();
        await foreach (PathEntry file in _heads.Tree.EnumerateAsync(root, null, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File && rules.DiffersByNature(file.Path.Value) && retained.Add(file.Entry.Hash)
                && retained.Count > ReproductionRule.MaxKept)
            {
                return null;
            }
        }

        return [.. retained];
    }

    /// <summary>Answers of the zone and the engines about a dataset and its inputs, at one moment.</summary>
    private sealed record Surroundings(NameRecord Name, IReadOnlyList<PlacementRule> Rules)
    {
        /// <summary>Those whose home this site is.</summary>
        public required FrozenSet<DatasetId> Homes { get; init; }

        public required FrozenDictionary<DatasetId, IReadOnlySet<string>> HeldBy { get; init; }

        public required bool IsPublished { get; init; }

        public required int Copies { get; init; }

        /// <summary>The keys of the sites whose reruns count.</summary>
        public required FrozenSet<BlobHash> CountedKeys { get; init; }

        /// <summary>The key of the newest statement, if a site of the zone has it.</summary>
        public required BlobHash? TrustedKey { get; init; }

        public required string? Problem { get; init; }

        /// <summary>The root of the tree in which <see cref="Kept"/> was found.</summary>
        public required BlobHash? Root { get; init; }

        public required IReadOnlyList<BlobHash>? Kept { get; init; }

        public required DateTimeOffset Now { get; init; }
    }
}
