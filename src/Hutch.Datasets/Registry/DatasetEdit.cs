using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Datasets.Registry;

/// <summary>What a caller wants to change about a dataset; what is null stays.</summary>
public sealed record DatasetEdit
{
    /// <summary>Its name below the owner's.</summary>
    public Slug? Slug { get; init; }

    /// <summary>A line for people.</summary>
    public string? Title { get; init; }

    public string? Type { get; init; }

    /// <summary>Who sees it without being given a right.</summary>
    public Visibility? Visibility { get; init; }
}
