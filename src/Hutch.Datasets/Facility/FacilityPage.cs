namespace Hutch.Datasets.Facility;

/// <summary>A page of the watched folders.</summary>
/// <param name="Items">The folders.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
/// <param name="InAnyState">All that are as the filter asks, but for their state.</param>
/// <param name="Parents">The watched parents.</param>
public sealed record FacilityPage(
    IReadOnlyList<FacilityFolder> Items, string? Next, IReadOnlyList<FacilityFolder> InAnyState, IReadOnlyList<FacilityParent> Parents)
{
    /// <summary>How many are in a state.</summary>
    public int Count(FacilityFolderState state) => InAnyState.Count(folder => IsIn(folder, state));

    /// <summary>Whether a folder is in a state; one with a problem needs attention whatever its state.</summary>
    internal static bool IsIn(FacilityFolder folder, FacilityFolderState state) =>
        folder.State == state || (state == FacilityFolderState.Attention && folder.Problem is not null);
}
