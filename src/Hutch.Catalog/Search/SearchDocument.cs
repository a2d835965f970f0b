using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>What the index knows of a dataset.</summary>
/// <param name="Key">Its key at the site: newer datasets have higher ones.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, <c>owner/slug</c>.</param>
/// <param name="Text">Name, title, type and metadata.</param>
/// <param name="Audience">Who may find it now, and who may know what of it; see <see cref="SearchAudience"/>.</param>
public sealed record SearchDocument(long Key, DatasetId Id, string Name, string Text, IReadOnlyCollection<string> Audience)
{
    /// <summary>Its type, and those that the type inherits from.</summary>
    public IReadOnlyCollection<string> Types { get; init; } = [];

    /// <summary>What it is compared by.</summary>
    public IReadOnlyCollection<SearchFact> Facts { get; init; } = [];

    /// <summary>
    /// The page at the top of its newest tree, from which the words of its files are read later; null for one without entries.
    /// </summary>
    public string? Tree { get; init; }

    /// <summary>When others may find it, without an event that says so: an embargo ends, a right begins. Null for never.</summary>
    public DateTimeOffset? Due { get; init; }
}
