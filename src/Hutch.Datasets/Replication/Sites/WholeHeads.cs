using Hutch.Datasets.Files;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>Reads heads through their home where a copy lacks files that have no hash.</summary>
internal sealed class WholeHeads(Authorizer authorizer, SiteRegistry sites, SummaryRegistry summaries, IReadThrough others) : ICompleteHeads
{
    /// <summary>Only files in a facility's folder are ever without a hash. A home says where its files are.</summary>
    public async ValueTask<Result<EntryService>?> FindAsync(Caller caller, SiteDataset copy, CancellationToken ct)
    {
        if (copy.Closed is not null || await summaries.FindAsync([copy.Id], ct) is not [{ InFolder: true }])
        {
            return null;
        }

        Result<Access> access = await authorizer.AuthorizeAsync(caller, copy.Id, Operation.EntryList, ct);
        if (access.IsOk && access.Value.Dataset.Home.SiteId == sites.OwnId)
        {
            // It has just become the home, where all that is left has a hash.
            return null;
        }

        Result<ReadRoute> route = !access.IsOk ? access.Error
            : ReadRouter.CheckNotEnded(access.Value.Dataset) is { } over ? over
            : await others.OpenAsync(caller, access.Value.Dataset, null, -1, ct);
        return route.Then<EntryService>(static found => found.Reader.Entries);
    }
}
