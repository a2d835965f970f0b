namespace Hutch.Catalog.Search;

/// <param name="Key">Its key in the index: newer datasets have higher ones.</param>
/// <param name="Audience">The callers that may find it now, and their rights to its details; see <see cref="SearchAudience"/>.</param>
public sealed record SearchDocument(long Key, DatasetId Id, string Name, string Text, IReadOnlyCollection<string> Audience)
{
    /// <summary>
    /// True for a publication: its text and facts are those of its public page, and its audience are the callers that find the dataset.
    /// </summary>
    public bool IsPublication { get; init; }

    public IReadOnlyCollection<string> Types { get; init; } = [];

    /// <summary>Parts of words of the name and title that are found like words, with blanks between them.</summary>
    public string Parts { get; init; } = "";

    /// <summary>The values for conditions, orders and counts.</summary>
    public IReadOnlyCollection<SearchFact> Facts { get; init; } = [];

    /// <summary>The top page of its newest tree, from which the words of its files are read later; null for one without entries.</summary>
    public string? Tree { get; init; }

    /// <summary>The words of its files, from its home elsewhere; null for a dataset whose tree is read here.</summary>
    public string? Files { get; init; }

    /// <summary>The time at which its audience changes without an event: an embargo ends, a right begins. Null for never.</summary>
    public DateTimeOffset? Due { get; init; }
}
