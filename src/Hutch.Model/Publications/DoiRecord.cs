namespace Hutch.Model.Publications;

/// <summary>A DOI of a publication, or of a work in all its versions, in the state that the DOI service confirmed.</summary>
/// <param name="Doi">The DOI, such as <c>10.5072/q3x8-11vm-k0zt</c>.</param>
/// <param name="Dataset">The dataset; for a work, its first version.</param>
/// <param name="State">The last confirmed state.</param>
public sealed record DoiRecord(string Doi, DatasetId Dataset, bool IsSeries, DoiState State)
{
    /// <summary>The hash of the last update that the service accepted; null for none.</summary>
    public string? Told { get; init; }

    /// <summary>The number of failed updates since the last success.</summary>
    public int Attempts { get; init; }

    /// <summary>The last failure, in a sentence; null for none.</summary>
    public string? Problem { get; init; }

    public DateTimeOffset NextAt { get; init; }

    /// <summary>True if it permanently resolves to the page for everyone, so that it can be cited.</summary>
    public bool IsCitable => State is DoiState.Registered or DoiState.Findable;
}

public enum DoiState
{
    /// <summary>The service has not confirmed a state yet.</summary>
    Pending,

    /// <summary>Reserved: known only to its owner, and still deletable.</summary>
    Draft,

    /// <summary>It resolves to its page, but is in no index: for withdrawn publications.</summary>
    Registered,

    /// <summary>It resolves to its page and is in the index.</summary>
    Findable,
}
