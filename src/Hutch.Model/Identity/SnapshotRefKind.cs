namespace Hutch.Model;

/// <summary>How a snapshot is named.</summary>
public enum SnapshotRefKind
{
    /// <summary>By its number in its dataset, counted from 1.</summary>
    Number,

    /// <summary>By a tag.</summary>
    Tag,

    /// <summary>By the first 8 or more hex digits of its hash.</summary>
    HashPrefix,
}
