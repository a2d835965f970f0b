using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Site.Life.Maintenance;

/// <summary><c>gc</c>: frees unreferenced bytes.</summary>
internal sealed class CollectionTask(GarbageCollector collector, CollectorOptions options) : IMaintenanceTask
{
    public TaskDeclaration Declaration { get; } = new() { Kind = "gc", Description = "Free the space of data that nothing refers to." };

    public TimeSpan? Every => TimeSpan.FromHours(options.EveryHours);

    public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken) =>
        Describe(await collector.CollectAsync(cancellationToken));

    internal static JobOutcome Describe(CollectionReport report)
    {
        string message = $"Freed {Display.Bytes(report.FreedBytes)}: rewrote {report.Retired} of {report.Segments} segments "
            + $"(moved {Display.Bytes(report.MovedBytes)}), dropped {report.ForgottenBlobs} large blobs."
            + (report.LeftSegments == 0 ? "" : $" {report.LeftSegments} segments cannot be rewritten yet and are retried.")
            + (report.UncleanServers is { Count: > 0 } unclean
                ? $" Not complete yet: these servers have not said that their own disks are clean: {string.Join(", ", unclean)}."
                : "");
        return JobOutcome.From(message, report, JobReportJson.Default.CollectionReport);
    }
}
