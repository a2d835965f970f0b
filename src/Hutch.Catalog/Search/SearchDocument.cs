using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>What the index knows of a dataset.</summary>
/// <param name="Key">Its key at the site: newer datasets have higher ones.</param>
/// <param name="Id">Its id.</param>
/// <param name="Text">Name, title, type and metadata.</param>
/// <param name="Audience">Who may find it; see <see cref="SearchAudience"/>.</param>
public sealed record SearchDocument(long Key, DatasetId Id, string Text, IReadOnlyCollection<string> Audience)
{
    /// <summary>Its type, and those that the type inherits from.</summary>
    public IReadOnlyCollection<string> Types { get; init; } = [];

    /// <summary>What its metadata say of the attributes of the type.</summary>
    public IReadOnlyCollection<SearchAttribute> Attributes { get; init; } = [];
}
