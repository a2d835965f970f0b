using System.Collections.Immutable;
using Hutch.Site.Write.Folders;

namespace Hutch.Datasets.Registry;

public sealed record RequestedDataset
{
    /// <summary>The id that it has had elsewhere; null for a new one.</summary>
    public DatasetId? Id { get; init; }

    /// <summary>The future owner; null for the caller.</summary>
    public AccountName? Owner { get; init; }

    public required Slug Slug { get; init; }

    /// <summary>Its type; null for the usual one.</summary>
    public string? Type { get; init; }

    public string? Title { get; init; }

    /// <summary>The parents to derive it from, each at a snapshot or at its newest version.</summary>
    public IReadOnlyList<DatasetRef> Parents { get; init; } = [];

    /// <summary>True if it begins with the entries of its one parent.</summary>
    public bool Copy { get; init; }

    /// <summary>True if it follows parents that are still open.</summary>
    public bool Following { get; init; }

    /// <summary>The facility's folder in which its files stay; null for a dataset whose bytes are stored here.</summary>
    public FolderLocation? Folder { get; init; }

    /// <summary>Settings that it has from the start, by name: no crash leaves it without them.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>For how many days its bytes are kept; null to keep them.</summary>
    public int? TransientDays { get; init; }
}
