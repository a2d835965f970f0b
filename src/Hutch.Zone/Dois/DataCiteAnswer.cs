using Hutch.Model.Publications;

namespace Hutch.Zone.Dois;

/// <summary>An answer of the DOI service: the state of a DOI, its absence, or a problem.</summary>
internal readonly record struct DataCiteAnswer
{
    /// <summary>The state of the DOI; null where there is none, or after a problem.</summary>
    public DoiState? State { get; init; }

    public string? Url { get; init; }

    public DataCiteTrouble? Trouble { get; init; }
}

/// <param name="IsOfService">True if it affects every DOI: the service is away, busy, or does not know the account.</param>
/// <param name="After">The delay that the service asks for; null for none.</param>
internal sealed record DataCiteTrouble(string Words, bool IsOfService, TimeSpan? After = null);
