using Hutch.Model;

namespace Hutch.Site.Tests.Crashes;

/// <summary>What a dataset must be, by all answers so far; kept apart from everything that the site keeps.</summary>
internal sealed class ModelDataset(DatasetId id, string slug)
{
    public DatasetId Id { get; } = id;

    public string Slug { get; } = slug;

    /// <summary>The head: path to hash.</summary>
    public SortedDictionary<string, string> Head { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The snapshots that were answered and not thinned: number to paths and hashes.</summary>
    public SortedDictionary<long, SortedDictionary<string, string>> Snapshots { get; } = [];

    public bool IsClosed { get; set; }

    public bool IsGone { get; set; }

    public bool IsInTrash { get; set; }
}
