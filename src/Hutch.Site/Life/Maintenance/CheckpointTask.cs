using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Site.Life.Maintenance;

internal sealed class CheckpointTask(Checkpointer checkpointer) : IMaintenanceTask
{
    public TaskDeclaration Declaration { get; } = new()
    {
        Kind = "checkpoint",
        Description = "Write the records into the store, so that a rebuild reads less of the journal.",
    };

    public TimeSpan? Every => TimeSpan.FromHours(1);

    public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
    {
        var report = new CheckpointReport((await checkpointer.WriteAsync(cancellationToken)).Value);
        return JobOutcome.From($"A rebuild now starts after record {report.Record}.", report, JobReportJson.Default.CheckpointReport);
    }
}
