using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Site.Write.Heads;

/// <summary>A readable version of a dataset: a tree, and the overlay for the head of an open dataset.</summary>
/// <param name="Dataset">The dataset, as it was when the version was resolved.</param>
/// <param name="Snapshot">The snapshot, for a fixed version.</param>
public sealed record TreeView(SiteDataset Dataset, TreeRoot Root, SiteSnapshot? Snapshot)
{
    /// <summary>True if the tree may have an overlay.</summary>
    public bool IsHead => Snapshot is null;

    /// <summary>Number of the snapshot; null for the head of an open dataset.</summary>
    public long? Number => Snapshot?.Number;

    /// <summary>True if the dataset was closed when the version was resolved.</summary>
    public bool IsClosed => Dataset.Closed is not null;
}
