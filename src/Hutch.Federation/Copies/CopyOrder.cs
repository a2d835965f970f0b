using Hutch.Model;
using Hutch.Model.Histories;
using Hutch.Model.Placement;
using Hutch.Model.Site;
using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Federation.Copies;

/// <summary>A dataset that this site is to have, or reads for somebody.</summary>
/// <param name="Zone">The id of the zone.</param>
/// <param name="Receiver">The fingerprint of this site's key.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Owner">Who owns it, as the zone says.</param>
/// <param name="Slug">Its name within the owner's, as the zone says.</param>
/// <param name="Epoch">The epoch of its home, as the zone says.</param>
internal sealed record CopyOrder(string Zone, BlobHash Receiver, DatasetId Dataset, string Owner, string Slug, long Epoch)
{
    /// <summary>What this site takes.</summary>
    public SiteTerms Terms { get; init; } = SiteTerms.Open;

    /// <summary>What to say instead of taking what the home offers; null when it is taken. Whatever is here stays.</summary>
    /// <param name="history">What is offered.</param>
    /// <param name="before">What is here; null for nothing.</param>
    public CopyProgress? Decline(History history, CopyOrigin? before)
    {
        long bytes = history.Snapshots is [.., var newest] ? newest.Tree.Bytes : 0;
        string? why = before is null ? AcceptedDatasets.FindRefusal(Terms, Owner, Slug, history.Dataset.Type, bytes)
            : Terms.Intake == SiteIntake.ReadOnly ? "is read-only, and does not follow the home"
            : null;
        string state = before is null ? CopyStates.Refused : CopyStates.Failed;
        return why is null ? null : new CopyProgress(state, before?.History, null, null, null, 0, 0, $"This site {why}.");
    }
}
