using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Reproducing;
using Hutch.Model.Sites;
using Hutch.Programs.Documents;
using Hutch.Site.Replication.Evicting;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Evicts the bytes of results that a program computes again: see docs/design/programs.md. It proposes first,
/// which keeps the inputs from ending, and then decides with facts that were read after that.
/// </summary>
public sealed class ReproductionService
{
    private readonly Evictions _evictions;
    private readonly Authorizer _authorizer;
    private readonly EvictionService _reports;
    private readonly ReproductionReader _reader;

    internal ReproductionService(Evictions evictions, Authorizer authorizer, EvictionService reports, ReproductionReader reader)
    {
        (_evictions, _authorizer, _reports, _reader) = (evictions, authorizer, reports, reader);
    }

    /// <summary>Evicts the bytes, if nothing speaks against it; otherwise nothing goes. A repetition changes nothing.</summary>
    public async Task<Result<EvictionReport>> EvictAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        if (!(await _authorizer.AuthorizeAsync(caller, id, Operation.EvictionChange, ct)).TryGet(out Access access, out HutchError? refusal)
            || (refusal = _reader.FindLackingZone()) is not null)
        {
            return refusal;
        }

        NameRecord name = access.Dataset;
        if (await _evictions.FindAsync(id, ct) is { Eviction: { State: EvictionState.Evicted, Reproduction: not null } } evicted)
        {
            return await _reports.AnswerAsync(caller, name, evicted, "evict reproducible", ct);
        }

        if (!(await _reader.ReadAsync(name, ct)).TryGet(out ReproductionSurroundings? before, out refusal)
            || !(await _evictions.ProposeAsync(id, caller.Name, queries => Decide(queries, before), ct))
                .TryGet(out SiteDataset? proposed, out refusal))
        {
            return refusal;
        }

        // From here on no input ends. What others changed in between, such as rules and publications, is read again.
        BlobHash nonce = proposed.Eviction!.Nonce;
        Result<ReproductionSurroundings> after = await _reader.ReadAsync(name, ct);
        Result<SiteDataset> done = after.IsOk
            ? await _evictions.EvictProposedAsync(id, nonce, queries => Decide(queries, after.Value), ct)
            : after.Error;
        if (!done.IsOk && done.Error.Code != ErrorCode.OutcomeUnknown)
        {
            await _evictions.WithdrawAsync(id, nonce, ct);
        }

        return await _reports.AnswerAsync(caller, name, done, "evict reproducible", ct);
    }

    /// <summary>Decides if the bytes could be evicted now. Changes nothing, and checks no rights.</summary>
    internal async Task<Result<Reproduction>> ConsiderAsync(NameRecord name, CancellationToken ct) =>
        _reader.FindLackingZone() is { } lacking ? lacking
        : (await _reader.ReadAsync(name, ct)).TryGet(out ReproductionSurroundings? around, out HutchError? refusal)
            ? await _evictions.ConsiderAsync(queries => Decide(queries, around), ct)
            : refusal;

    /// <summary>Decides with what this site has recorded at this moment, inside a commit.</summary>
    private static Result<Reproduction> Decide(SiteQueries queries, ReproductionSurroundings around)
    {
        DatasetId id = around.Name.Dataset;
        SiteDataset? dataset = queries.Dataset(id);
        RerunStatement? newest = ReproductionReader.FindNewest(queries, id, around.CountedKeys);
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

    private static ReproducibleRun Describe(SiteRun run, DatasetId results, string? problem)
    {
        ProgramDocument? program = ReproductionReader.ReadProgram(run);
        return new ReproducibleRun(
            run.Id, run is { Outcome: "done", Outputs: [var only] } && only == results,
            program is null ? null : run.Description.Task!.Digest, program?.Image is not null, run.Description.Task?.Limits.Network == true,
            run.Description.Parts is not null && program?.Each is null, problem, run.Inputs);
    }

    private static ReproductionInput Read(SiteQueries queries, VersionReference input, ReproductionSurroundings around)
    {
        SiteDataset? dataset = queries.Dataset(input.Dataset);
        bool isHeld = input.Snapshot is { } number && dataset?.Eviction?.Versions.Contains(number) == true;
        return new ReproductionInput(
            input, dataset is null ? input.Dataset.ToString() : $"{dataset.Owner}/{dataset.Slug}",
            dataset is { Copy: null, Closed: not null, Ended: null, TrashedUntil: null } && around.Homes.Contains(input.Dataset),
            dataset?.Eviction, isHeld ? queries.Snapshot(dataset!.Key, input.Snapshot!.Value)?.Root.Page : null,
            around.HeldBy.GetValueOrDefault(input.Dataset) ?? new HashSet<string>());
    }
}
