using Hutch.Datasets.Programs;
using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Reproducing;
using Hutch.Site.Life.Lifecycle;
using Hutch.Zone.Names;
using Hutch.Zone.Replication.Copies;

namespace Hutch.Datasets.Upkeep;

/// <summary>
/// Decides how the bytes of one dataset can be freed, or the reason why they cannot. It asks the rules that decide about evictions.
/// </summary>
internal sealed class SpaceExaminer(
    Authorizer authorizer, SiteRegistry sites, CopyRegistry copies, DatasetNames names, EvictionService evictions,
    ReproductionService reproductions, SiteDatabase records, Snapshots snapshots)
{
    private readonly Dictionary<PrincipalId, VisitRecord?> _visits = [];

    /// <summary>Examines a dataset that the caller may view.</summary>
    public async Task<ExaminedSpace> ExamineAsync(Caller caller, NameRecord name, SiteDataset dataset, CancellationToken ct)
    {
        var facts = await records.ReadConsistentAsync(
            queries => (
                Program: FindProgram(queries, dataset.Id), HasRerun: queries.Statements(dataset.Id).Count > 0,
                Old: snapshots.FindSuperseded(queries, dataset)),
            ct);
        var line = new SpaceLine(name, dataset.Type, dataset.Root.Bytes, SpaceWay.Trash, null, [])
        {
            Created = DateTimeOffset.FromUnixTimeMilliseconds(dataset.Created),
            Program = facts.Program,
            Visit = await FindVisitAsync(name.Owner, ct),
        };
        if (!(await authorizer.AuthorizeAsync(caller, dataset.Id, Operation.EvictionChange, ct)).IsOk)
        {
            return new ExaminedSpace(dataset, null, SpaceReason.NotManager, []);
        }

        if (dataset.Copy is not null)
        {
            return new ExaminedSpace(dataset, null, SpaceReason.Copy, []);
        }

        if (dataset.TrashedUntil is { } until)
        {
            return Offer(dataset, line with
            {
                Until = DateTimeOffset.FromUnixTimeMilliseconds(until),
                Proofs = ["It is in the trash."],
            });
        }

        if (dataset.Closed is null && facts.Old.Ending.Count > 0)
        {
            return new ExaminedSpace(
                dataset,
                line with
                {
                    Way = SpaceWay.Versions,
                    Until = facts.Old.Until,
                    Proofs = ["Only automatic versions before the newest one have these bytes, and nothing names them."],
                },
                SpaceReason.Open, facts.Old.Lasting)
            {
                Ending = facts.Old.Ending,
            };
        }

        return await FindEvictionAsync(line, dataset, facts.HasRerun, ct) is var (offer, reason) && offer is not null
            ? Offer(dataset, offer)
            : new ExaminedSpace(dataset, null, reason, facts.Old.Lasting);
    }

    private static ExaminedSpace Offer(SiteDataset dataset, SpaceLine line) => new(dataset, line, null, []);

    private async Task<(SpaceLine? Offer, SpaceReason? Reason)> FindEvictionAsync(
        SpaceLine line, SiteDataset dataset, bool hasRerun, CancellationToken ct)
    {
        if (dataset.Eviction is { State: EvictionState.Wanted })
        {
            return (null, SpaceReason.Requested);
        }

        if (ExcludedAlways(dataset) is { } excluded)
        {
            return (null, excluded);
        }

        CopyRecord[] there = [.. (await copies.OfDatasetAsync(dataset.Id, ct)).Where(static copy => copy.ReleasedAt is null)];
        CopyRecord[] complete = [.. there.Where(static copy => copy.CompleteAt is not null)];
        HutchError? refusal = await evictions.FindRefusalAsync(dataset, ct);
        if (refusal is null && complete.Length > 0)
        {
            return (line with { Way = SpaceWay.Copies, Proofs = await DescribeAsync(complete, ct) }, null);
        }

        if (hasRerun)
        {
            Result<Reproduction> proved = await reproductions.ConsiderAsync(line.Name, ct);
            return proved.TryGet(out Reproduction? proof, out HutchError? error)
                ? (line with
                {
                    Way = SpaceWay.Reproduction,
                    Retained = proof.Kept,
                    Proofs = [$"The rerun {proof.Rerun:N} of the run {proof.Run:N} made equal results."],
                }, null)
                : (null, ReasonOf(error));
        }

        return (null, ReasonOf(refusal, there.Length, line.Program is not null));
    }

    /// <summary>Returns the reason that copies and reruns do not change; null if none applies.</summary>
    private static SpaceReason? ExcludedAlways(SiteDataset dataset) => dataset switch
    {
        { Folder: not null } => SpaceReason.InFolder,
        { Expires: not null } => SpaceReason.Temporary,
        { Closed: null } => SpaceReason.Open,
        { Eviction.State: EvictionState.Recalling or EvictionState.Freeing } => SpaceReason.Recalling,
        { Eviction.State: EvictionState.Held } => SpaceReason.Held,
        _ => null,
    };

    private static SpaceReason ReasonOf(HutchError? refusal, int copies, bool isResult)
    {
        return refusal?.Code switch
        {
            null => SpaceReason.CopyIncomplete,
            var code when code == ErrorCode.Unavailable => SpaceReason.NoOtherSites,
            var code when code == ErrorCode.InsufficientStorage => SpaceReason.TooLarge,
            _ when copies > 0 => SpaceReason.Other,
            _ => isResult ? SpaceReason.NoRerun : SpaceReason.NoCopies,
        };
    }

    private static SpaceReason ReasonOf(HutchError refusal) =>
        Enum.TryParse(refusal.Details?.GetValueOrDefault(ReproductionRule.RefusalDetail), out ReproductionRefusal kind)
            ? SpaceReason.Of(kind)
            : SpaceReason.Other;

    /// <summary>Returns the program of the runs that wrote to a dataset, if it is one.</summary>
    private static string? FindProgram(SiteQueries queries, DatasetId id)
    {
        string[] programs = [.. queries.RunsInto(id, limit: 100).Select(static run => run.Description.Program).Distinct()];
        return programs is [var only] ? only : null;
    }

    private async Task<VisitRecord?> FindVisitAsync(PrincipalRecord owner, CancellationToken ct)
    {
        if (!_visits.TryGetValue(owner.Id, out VisitRecord? visit))
        {
            _visits[owner.Id] = visit = await names.FindVisitAsync(owner, ct);
        }

        return visit;
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(IEnumerable<CopyRecord> complete, CancellationToken ct)
    {
        var proofs = new List<string>();
        foreach (CopyRecord copy in complete)
        {
            string site = (await sites.FindPeerAsync(copy.SiteId, ct))?.Name ?? copy.SiteId;
            proofs.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{site} has a complete copy since {copy.CompleteAt:yyyy-MM-dd}, and reads it again and promises to hold it first."));
        }

        return proofs;
    }
}

/// <param name="Offer">The bytes that can be freed; null for none.</param>
/// <param name="Reason">The reason that keeps the rest; null if nothing is left.</param>
/// <param name="Lasting">The numbers of the versions before the newest one that stay.</param>
internal sealed record ExaminedSpace(SiteDataset Dataset, SpaceLine? Offer, SpaceReason? Reason, IReadOnlyList<long> Lasting)
{
    /// <summary>The numbers of the versions that the offer consists of; empty for all other offers.</summary>
    public IReadOnlyList<long> Ending { get; init; } = [];
}
