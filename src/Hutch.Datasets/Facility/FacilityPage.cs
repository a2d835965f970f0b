namespace Hutch.Datasets.Facility;

/// <param name="Next">Where the next page begins; null at the end.</param>
/// <param name="All">How many there are as the filter asks, but for their state.</param>
/// <param name="Counts">How many of these are in which state; one with a problem needs attention whatever its state.</param>
public sealed record FacilityPage(
    IReadOnlyList<FacilityFolder> Items, string? Next, IReadOnlyList<FacilityParent> Parents, int All,
    IReadOnlyDictionary<FacilityFolderState, int> Counts)
{
    private const int MaxItems = 1000;

    internal static Result<FacilityPage> From(IFacilityFolders folders, FacilityFilter filter)
    {
        if (!FacilityCursor.Parse(filter.Cursor, filter.IsByNeed).TryGet(out FacilityCursor? after, out HutchError? refusal))
        {
            return refusal;
        }

        IReadOnlyList<FacilityFolder> all = [.. folders.Folders.Where(filter.MatchesInAnyState)];
        int limit = Math.Clamp(filter.Limit, 1, MaxItems);
        List<(FacilityCursor Place, FacilityFolder Folder)> page =
        [
            .. all.Where(filter.IsInState)
                .Select(folder => (Place: FacilityCursor.From(folder, filter.IsByNeed), Folder: folder))
                .Where(one => after.CompareTo(one.Place) < 0)
                .OrderBy(one => one.Place)
                .Take(limit + 1),
        ];
        string? next = page.Count > limit ? page[limit - 1].Place.ToString() : null;
        return new FacilityPage(
            [.. page.Take(limit).Select(one => one.Folder)], next, folders.Parents, all.Count,
            Enum.GetValues<FacilityFolderState>().ToDictionary(state => state, state => all.Count(folder => IsIn(folder, state))));
    }

    /// <summary>Returns true if a folder is in a state; one with a problem needs attention whatever its state.</summary>
    internal static bool IsIn(FacilityFolder folder, FacilityFolderState state) =>
        folder.State == state || (state == FacilityFolderState.Attention && folder.Problem is not null);
}
