namespace Hutch.Datasets.Analyses;

/// <summary>Runs that were asked for here and are at other sites, as people see them here.</summary>
public static class HandedRuns
{
    /// <summary>The state of a run that was handed over to another site, which has its later states.</summary>
    public const string State = "handed-over";

    /// <param name="name">The name of its results, <c>owner/slug</c>; null if it is not known.</param>
    internal static VisibleRun Show(HandedRun run, string? name)
    {
        var description = new RunDescription(run.Program, run.Version, null, null, null, run.User, null) { IsExternal = true };
        var shown = new SiteRun(
            run.Run, description, run.Time, null, null, null, [new VersionReference(run.Dataset, null, null)], [run.Output])
        {
            Outcome = State,
        };
        return new VisibleRun(shown, IsWhole: false, IsMember: false)
        {
            Site = run.SiteName,
            Names = name is null ? new Dictionary<DatasetId, string>() : new Dictionary<DatasetId, string> { [run.Output] = name },
        };
    }
}
