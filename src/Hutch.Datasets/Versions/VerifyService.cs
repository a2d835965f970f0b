using Hutch.Datasets.Files;
using Hutch.Model;
using Hutch.Site.Heads;
using Hutch.Site.Maintenance;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Versions;

/// <summary>Reads every byte of a version again, for callers who may read it.</summary>
public sealed class VerifyService(EntryService entries, HeadReader heads, DatasetVerifier verifier)
{
    /// <summary>Begins; nothing is read before the progress is asked for.</summary>
    public async Task<Result<Verification>> OpenAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct)
    {
        Result<FixedTree> tree = await entries.FixAsync(caller, id, at, Operation.EntryRead, ct);
        if (!tree.IsOk)
        {
            return tree.Error;
        }

        SnapshotRef? version = tree.Value.Number > 0 ? SnapshotRef.OfNumber((int)tree.Value.Number) : null;
        Result<TreeView> view = await heads.ResolveAsync(id, version, ct);
        return view.IsOk
            ? new Verification(tree.Value, progressCt => verifier.VerifyAsync(view.Value, progressCt))
            : view.Error;
    }
}

/// <param name="Tree">What is verified.</param>
/// <param name="ReadAsync">Does it, reporting as it goes; the last report has everything.</param>
public sealed record Verification(FixedTree Tree, Func<CancellationToken, IAsyncEnumerable<VerifyProgress>> ReadAsync);
