using Hutch.Model.Histories;
using Hutch.Model.Placement;
using Hutch.Model.Sites;

namespace Hutch.Federation.Copies;

/// <param name="Receiver">The fingerprint of this site's key.</param>
internal sealed record CopyOrder(string Zone, BlobHash Receiver, DatasetId Dataset, string Owner, string Slug, long Epoch)
{
    public SiteTerms Terms { get; init; } = SiteTerms.Open;

    /// <summary>Returns the report that declines the home's offer; null if it is accepted. Data that is already here stays.</summary>
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
