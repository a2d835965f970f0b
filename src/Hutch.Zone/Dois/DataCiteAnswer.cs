using Hutch.Model.Publications;

namespace Hutch.Zone.Dois;

/// <summary>What the service of DOIs answered: a DOI as it is there, that there is none, or what went wrong.</summary>
internal readonly record struct DataCiteAnswer
{
    /// <summary>The state of the DOI; null where there is none, or something went wrong.</summary>
    public DoiState? State { get; init; }

    /// <summary>To which page it leads.</summary>
    public string? Url { get; init; }

    /// <summary>What went wrong.</summary>
    public DataCiteTrouble? Trouble { get; init; }
}

/// <summary>Why the service of DOIs did not do what was asked.</summary>
/// <param name="Words">A sentence for the owner of the dataset.</param>
/// <param name="IsOfService">Whether it concerns every DOI: the service is away, busy, or does not know the account.</param>
/// <param name="After">How long it wants to be left alone; null where it does not say.</param>
internal sealed record DataCiteTrouble(string Words, bool IsOfService, TimeSpan? After = null);
