using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Site;

namespace Hutch.Processing;

/// <summary>The runs of programs at one site: their records, inputs and results. Holds no state of its own.</summary>
public sealed class RunServices
{
    /// <param name="maxOfAccount">The most runs that one account may start; null for the default.</param>
    public RunServices(SiteServices site, TimeProvider time, int? maxOfAccount = null)
    {
        var file = new RowFile(site.Records, site.Heads, site.Blobs);
        Registry = new RunRegistry(
            site.Committer, site.Records, file, site.NewId, site.Lifecycle, maxOfAccount ?? RunDispatchOptions.UsualRunsPerAccount);
        Attempts = new RunAttempts(site.Committer, site.Records);
        Budgets = new RunBudgets(site.Committer, site.Records, time);
        Parts = new RunParts(site.Committer, site.Records, Registry);
        Comparisons = new RunComparisons(site.Committer, site.Records);
        Starts = new ProgramStarts(site.Committer, site.Records);
        Results = new ResultReader(site.Records, site.Events, file);
        Inputs = new RunInputs(site.Heads, site.HeadCompactor, site.Blobs);
        Outputs = new RunOutputs(site.Entries, site.Intake, site.Lanes, time);
    }

    public RunRegistry Registry { get; }

    public RunAttempts Attempts { get; }

    public RunBudgets Budgets { get; }

    public RunParts Parts { get; }

    public RunComparisons Comparisons { get; }

    public ProgramStarts Starts { get; }

    public ResultReader Results { get; }

    public RunInputs Inputs { get; }

    public RunOutputs Outputs { get; }
}
