using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Site.Write.Heads;

/// <summary>A version of a dataset that can be read: a tree, and for the head of an open dataset what lies over it.</summary>
/// <param name="Dataset">The dataset, as it was when the version was resolved.</param>
/// <param name="Root">The tree.</param>
/// <param name="Snapshot">The snapshot, when a fixed version was asked for.</param>
public sealed record TreeView(SiteDataset Dataset, TreeRoot Root, SiteSnapshot? Snapshot)
{
    /// <summary>Whether changes may lie over the tree.</summary>
    public bool IsHead => Snapshot is null;

    /// <summary>Number of the snapshot; null for the head of an open dataset.</summary>
    public long? Number => Snapshot?.Number;

    /// <summary>Whether the dataset was closed when the version was resolved.</summary>
    public bool IsClosed => Dataset.Closed is not null;
}
