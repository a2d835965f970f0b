namespace Hutch.Processing.Runs;

public static class RunLimits
{
    /// <summary>The most unfinished runs at one time.</summary>
    public const int MaxRunsInProgress = 1000;

    /// <summary>The most unfinished runs of one account: it leaves room for others.</summary>
    public const int MaxRunsInProgressOfAccount = 500;

    /// <summary>The most ancestors, and the most descendants, of a listed lineage.</summary>
    public const int MaxLineageDatasets = 1000;

    /// <summary>The most runs of a lineage or a page.</summary>
    public const int MaxRunsAtOnce = 200;
}
