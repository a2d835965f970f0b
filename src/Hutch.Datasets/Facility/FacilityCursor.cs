namespace Hutch.Datasets.Facility;

/// <summary>
/// The position of a folder in a list. It follows from the folder alone, so that the next page begins where the one before ended, however
/// the folders on that page changed.
/// </summary>
/// <param name="Rank">The urgency of its problem, the most urgent first; the same for all in a list by path.</param>
/// <param name="Age">The older its last change the larger; the same for all in a list by path.</param>
internal sealed record FacilityCursor(int Rank, long Age, string Path) : IComparable<FacilityCursor>
{
    private const int ByPath = -1;

    private static readonly FacilityCursor Start = new(ByPath - 1, 0, "");

    private static readonly FacilityFolderState[] ByNeed =
    [
        FacilityFolderState.Attention, FacilityFolderState.Missing, FacilityFolderState.Acquiring, FacilityFolderState.Waiting,
        FacilityFolderState.Published,
    ];

    public static FacilityCursor From(FacilityFolder folder, bool isByNeed)
    {
        if (!isByNeed)
        {
            return new FacilityCursor(ByPath, 0, folder.Folder);
        }

        int rank = FacilityPage.IsIn(folder, FacilityFolderState.Attention) ? 0 : Array.IndexOf(ByNeed, folder.State);
        return new FacilityCursor(rank, -(folder.Changed?.UtcTicks ?? 0), folder.Folder);
    }

    /// <summary>Reads where a page ended; before everything for the first.</summary>
    public static Result<FacilityCursor> Parse(string? cursor, bool isByNeed)
    {
        if (cursor is null || !isByNeed)
        {
            return cursor is null ? Start : new FacilityCursor(ByPath, 0, cursor);
        }

        return cursor.Split(':', 3) is [var rank, var age, var path]
            && int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out int parsedRank)
            && long.TryParse(age, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long time)
            ? new FacilityCursor(parsedRank, time, path)
            : ErrorCode.BadRequest.With($"{Display.Quote(cursor)} is not the 'next' of a page in this order.");
    }

    public int CompareTo(FacilityCursor? other)
    {
        if (other is null)
        {
            return 1;
        }

        if (Rank != other.Rank)
        {
            return Rank.CompareTo(other.Rank);
        }

        return Age != other.Age ? Age.CompareTo(other.Age) : string.CompareOrdinal(Path, other.Path);
    }

    /// <summary>The cursor; in a list by path, the path.</summary>
    public override string ToString() => Rank == ByPath ? Path : FormattableString.Invariant($"{Rank}:{Age}:{Path}");
}
