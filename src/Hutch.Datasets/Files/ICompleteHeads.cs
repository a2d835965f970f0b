using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Files;

/// <summary>Where the head of a dataset is whole of which this site has a copy.</summary>
public interface ICompleteHeads
{
    /// <summary>
    /// What reads the head through its home, when that may have files that no copy has: those in a facility's folder that it has not
    /// hashed. Null when the copy has all that there is.
    /// </summary>
    /// <param name="caller">Who reads, and may.</param>
    /// <param name="copy">The dataset.</param>
    ValueTask<Result<EntryService>?> FindAsync(Caller caller, SiteDataset copy, CancellationToken ct);
}
