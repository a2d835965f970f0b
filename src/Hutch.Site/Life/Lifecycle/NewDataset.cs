using System.Collections.Immutable;
using Hutch.Site.Write.Folders;

namespace Hutch.Site.Life.Lifecycle;

public sealed record NewDataset
{
    /// <summary>Its id: chosen by the caller, so that a retry makes nothing twice.</summary>
    public required DatasetId Id { get; init; }

    public required string Owner { get; init; }

    public required string Slug { get; init; }

    public string? Title { get; init; }

    public string Type { get; init; } = "generic";

    public required string By { get; init; }

    /// <summary>Its parents, each at a version (null: the newest snapshot); empty for an original.</summary>
    public IReadOnlyList<ParentVersion> Parents { get; init; } = [];

    /// <summary>True if it starts with the entries of its one parent, by reference.</summary>
    public bool Copy { get; init; }

    /// <summary>True if it follows a parent that is still open.</summary>
    public bool Following { get; init; }

    /// <summary>True if it follows its parents when one of them is still open, and is derived from them when all are closed.</summary>
    public bool FollowsOpenParents { get; init; }

    /// <summary>The facility's folder in which its files stay; null for a dataset whose bytes are stored here.</summary>
    public FolderLocation? Folder { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The days after which its bytes expire; null for data that is kept.</summary>
    public int? TransientDays { get; init; }

    /// <summary>The time at which its bytes expire, in milliseconds since 1970, in place of days.</summary>
    public long? ExpiresAt { get; init; }
}

/// <param name="At">The version; null for the newest snapshot.</param>
public sealed record ParentVersion(DatasetId Dataset, SnapshotRef? At);
