using Hutch.Model;
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
        Caller caller, IReadOnlyList<DatasetRef> wanted, CancellationToken ct)
    {
        var parents = new List<ParentVersion>();
        foreach (DatasetRef parent in wanted)
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

    private async Task<Result<ParentVersion>> FindAsync(Caller caller, DatasetRef wanted, CancellationToken ct)
    {
        if (!(await names.ResolveAsync(caller, wanted, ct)).TryGet(out Access seen, out HutchError? refusal)
            || !(await authorizer.AuthorizeAsync(caller, seen.Dataset.Dataset, Operation.DatasetDerive, ct))
                .TryGet(out Access _, out refusal))
        {
            return refusal;
        }

        if (wanted.Snapshot is not null)
        {
            Result<TreeView> exists = await heads.ResolveAsync(seen.Dataset.Dataset, wanted.Snapshot, ct);
            if (!exists.IsOk)
            {
                return exists.Error;
            }
        }

        return new ParentVersion(seen.Dataset.Dataset, wanted.Snapshot);
    }
}
