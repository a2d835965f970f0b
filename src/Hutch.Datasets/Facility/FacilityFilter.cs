namespace Hutch.Datasets.Facility;

/// <summary>The wanted watched folders, and their order.</summary>
public sealed record FacilityFilter
{
    /// <summary>Only those in this state; with <see cref="FacilityFolderState.Attention"/>, all that have a problem.</summary>
    public FacilityFolderState? State { get; init; }

    /// <summary>True for adopted folders only.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>Only those with this text in their path, their identity, the name of their dataset, or their problem.</summary>
    public string? Text { get; init; }

    /// <summary>Only those whose time at the facility ends then or later.</summary>
    public DateTimeOffset? EndsFrom { get; init; }

    /// <summary>Only those whose time at the facility ends before.</summary>
    public DateTimeOffset? EndsBefore { get; init; }

    /// <summary>True to list folders that need attention first, then by the most recent change; otherwise by path.</summary>
    public bool IsByNeed { get; init; }

    /// <summary>The end of the page before.</summary>
    public string? Cursor { get; init; }

    public int Limit { get; init; } = 100;

    internal bool IsInState(FacilityFolder folder) => State is not { } state || FacilityPage.IsIn(folder, state);

    internal bool MatchesInAnyState(FacilityFolder folder) =>
        (Text is null || Has(folder.Folder) || Has(folder.Name) || Has(folder.Identity) || Has(folder.Problem))
        && (!IsAdopted || folder.Adoption is not null)
        && (EndsFrom is null || folder.KeepUntil >= EndsFrom)
        && (EndsBefore is null || folder.KeepUntil < EndsBefore);

    private bool Has(string? part) => part?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}
