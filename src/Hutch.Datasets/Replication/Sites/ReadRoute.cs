namespace Hutch.Datasets.Replication.Sites;

/// <param name="Age">The time since its home confirmed this state; null at the home, and for a state that cannot change any more.</param>
public sealed record ReadRoute(DatasetReader Reader, TimeSpan? Age)
{
    /// <summary>The age in whole seconds.</summary>
    public long? AgeSeconds => Age is { } age ? Math.Max(0, (long)age.TotalSeconds) : null;

    /// <summary>The same as a header says it (RFC 9111, section 5.1).</summary>
    public string? AgeHeader => AgeSeconds?.ToString(CultureInfo.InvariantCulture);
}
