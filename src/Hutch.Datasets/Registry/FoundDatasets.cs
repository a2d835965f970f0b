using Hutch.Zone.Publishing;

namespace Hutch.Datasets.Registry;

/// <summary>A page of a search.</summary>
/// <param name="Publications">The publications of datasets that the caller may not see.</param>
/// <param name="Next">The end of the page; null on the last one.</param>
public sealed record FoundDatasets(
    IReadOnlyList<DatasetDescription> Datasets, IReadOnlyList<PublicationStatus> Publications, string? Next)
{
    /// <inheritdoc cref="Batch{T}.Notes"/>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
