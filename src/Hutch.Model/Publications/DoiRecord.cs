namespace Hutch.Model.Publications;

/// <summary>A DOI of a publication, or of a work in all its versions, as far as the service of DOIs has confirmed it.</summary>
/// <param name="Doi">The DOI, such as <c>10.5072/q3x8-11vm-k0zt</c>.</param>
/// <param name="Dataset">The dataset; of a work, its first version.</param>
/// <param name="IsSeries">Whether it stands for all versions of the work.</param>
/// <param name="State">What the service said last.</param>
public sealed record DoiRecord(string Doi, DatasetId Dataset, bool IsSeries, DoiState State)
{
    /// <summary>What the service was told last, as a hash; null for nothing.</summary>
    public string? Told { get; init; }

    /// <summary>How often telling it failed since it last went well.</summary>
    public int Attempts { get; init; }

    /// <summary>What went wrong the last time, in a sentence; null for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>When the service is asked next.</summary>
    public DateTimeOffset NextAt { get; init; }

    /// <summary>Whether everybody gets from it to the page, for ever: it is good for citing.</summary>
    public bool IsCitable => State is DoiState.Registered or DoiState.Findable;
}

/// <summary>States of a DOI at DataCite.</summary>
public enum DoiState
{
    /// <summary>The service has not confirmed anything yet.</summary>
    Pending,

    /// <summary>Reserved: nobody but its owner knows it, and it can still be given back.</summary>
    Draft,

    /// <summary>It leads to its page, but is in no index: what was withdrawn.</summary>
    Registered,

    /// <summary>It leads to its page and is found.</summary>
    Findable,
}
