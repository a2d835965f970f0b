namespace Hutch.Datasets.Registry;

/// <summary>The changes of a dataset that a caller requests; null leaves a value unchanged.</summary>
public sealed record DatasetEdit
{
    public Slug? Slug { get; init; }

    public string? Title { get; init; }

    public string? Type { get; init; }

    /// <summary>The visibility to users without a right of their own.</summary>
    public Visibility? Visibility { get; init; }
}
