namespace Hutch.Site.Write.Heads;

/// <summary>A readable version of a dataset: a tree, and the overlay for the head of an open dataset.</summary>
public sealed record TreeView(SiteDataset Dataset, TreeRoot Root, SiteSnapshot? Snapshot)
{
    /// <summary>True if the tree may have an overlay.</summary>
    public bool IsHead => Snapshot is null;

    /// <summary>Number of the snapshot; null for the head of an open dataset.</summary>
    public long? Number => Snapshot?.Number;

    public bool IsClosed => Dataset.Closed is not null;
}
