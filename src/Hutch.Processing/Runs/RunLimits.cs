namespace Hutch.Processing.Runs;

public static class RunLimits
{
    /// <summary>Runs that may be under way at once.</summary>
    public const int MaxRunsInProgress = 1000;

    /// <summary>Ancestors, and descendants, that a lineage lists.</summary>
    public const int MaxLineageDatasets = 1000;

    /// <summary>Runs that a lineage, or a page, lists.</summary>
    public const int MaxRunsAtOnce = 200;
}
