using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Site.Heads;
using Hutch.Site.Lifecycle;
using Hutch.Zone.Authorization;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Finds the versions that a new dataset shall come from, for callers who may derive from them.</summary>
internal sealed class ParentFinder(Authorizer authorizer, DatasetNames names, HeadReader heads)
{
    /// <summary>All of them, in order; a refusal when one is not there, or the caller may not derive from it.</summary>
    public async Task<Result<IReadOnlyList<ParentVersion>>> FindAsync(
        Caller caller, IReadOnlyList<ParentReference> wanted, CancellationToken ct)
    {
        var parents = new List<ParentVersion>();
        foreach (ParentReference parent in wanted)
        {
            Result<ParentVersion> found = await FindAsync(caller, parent, ct);
            if (!found.IsOk)
            {
                return found.Error;
            }

            parents.Add(found.Value);
        }

        return parents;
    }

    private async Task<Result<ParentVersion>> FindAsync(Caller caller, ParentReference wanted, CancellationToken ct)
    {
        if (!DatasetRef.Parse(wanted.Dataset).TryGet(out DatasetRef reference, out HutchError? refusal)
            || !ParseAt(wanted.At).TryGet(out SnapshotRef? at, out refusal)
            || !(await names.ResolveAsync(caller, reference, ct)).TryGet(out Access seen, out refusal)
            || !(await authorizer.AuthorizeAsync(caller, seen.Dataset.Dataset, Operation.DatasetDerive, ct)).TryGet(
                out Access _, out refusal))
        {
            return refusal;
        }

        SnapshotRef? version = at ?? reference.Snapshot;
        if (version is not null)
        {
            Result<TreeView> exists = await heads.ResolveAsync(seen.Dataset.Dataset, version, ct);
            if (!exists.IsOk)
            {
                return exists.Error;
            }
        }

        return new ParentVersion(seen.Dataset.Dataset, version);
    }

    private static Result<SnapshotRef?> ParseAt(string? at)
    {
        if (string.IsNullOrEmpty(at))
        {
            return (SnapshotRef?)null;
        }

        return SnapshotRef.Parse(at).Then<SnapshotRef?>(parsed => (SnapshotRef?)parsed);
    }
}
