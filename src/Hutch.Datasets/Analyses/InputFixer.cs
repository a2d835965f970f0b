namespace Hutch.Datasets.Analyses;

/// <summary>Fixes the version of a dataset that a run reads. The head of an open dataset becomes a snapshot first.</summary>
internal sealed class InputFixer(Authorizer authorizer, HeadReader heads, HeadCompactor compactor)
{
    /// <param name="at">The version; null for the newest.</param>
    /// <param name="message">The message of a snapshot that is made for the run.</param>
    /// <returns>A view of a snapshot; null for a dataset that is empty and never had one.</returns>
    public async Task<Result<TreeView?>> FixAsync(Caller caller, DatasetId id, SnapshotRef? at, string message, CancellationToken ct)
    {
        Result<TreeView> view = await heads.ResolveAsync(id, at, ct);
        if (!view.IsOk || !view.Value.IsHead)
        {
            return view.Then<TreeView?>(static found => found);
        }

        bool mayMake = (await authorizer.AuthorizeAsync(caller, id, Operation.SnapshotCreate, ct)).IsOk;
        var request = new CompactionRequest(SnapshotReason.Run, caller.Name, message) { IsForReader = !mayMake };
        Result<SiteSnapshot?> made = await compactor.CompactAsync(id, request, ct);
        return !made.IsOk ? made.Error
            : made.Value is { } newest ? (await heads.ResolveAsync(id, SnapshotRef.OfNumber(checked((int)newest.Number)), ct))
                .Then<TreeView?>(static found => found)
            : (Result<TreeView?>)(TreeView?)null;
    }
}
