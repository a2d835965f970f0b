namespace Hutch.Zone.Visits;

public static class VisitLimits
{
    public const int MaxSamples = 2000;

    public const int MaxPeople = 500;

    /// <summary>Characters of a proposal, an instrument and the name of a sample.</summary>
    public const int MaxNameCharacters = 100;

    /// <summary>Visits in one list: the newest.</summary>
    public const int MaxListed = 1000;

    public const int MaxDays = 3660;

    /// <summary>Notes that are ever written on one visit.</summary>
    public const int MaxNotes = 10_000;

    public const int MaxNoteCharacters = 20_000;

    /// <summary>Documents in one import.</summary>
    public const int MaxImported = 1000;
}
