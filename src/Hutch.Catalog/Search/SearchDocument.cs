using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>What the index knows of a dataset.</summary>
/// <param name="Key">Its key at the site: newer datasets have higher ones.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, <c>owner/slug</c>.</param>
/// <param name="Text">Name, title, type and metadata.</param>
/// <param name="Audience">Who may find it now; see <see cref="SearchAudience"/>.</param>
public sealed record SearchDocument(long Key, DatasetId Id, string Name, string Text, IReadOnlyCollection<string> Audience)
{
    /// <summary>Its type, and those that the type inherits from.</summary>
    public IReadOnlyCollection<string> Types { get; init; } = [];

    /// <summary>What it is compared by.</summary>
    public IReadOnlyCollection<SearchFact> Facts { get; init; } = [];

    /// <summary>When others may find it, without an event that says so: an embargo ends, a right begins. Null for never.</summary>
    public DateTimeOffset? Due { get; init; }
}
