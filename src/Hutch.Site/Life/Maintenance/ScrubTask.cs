using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Site.Life.Maintenance;

/// <summary><c>scrub</c>: reads everything again and compares it with its checksums.</summary>
internal sealed class ScrubTask(IScrubber scrubber, ScrubOptions options) : IMaintenanceTask
{
    private const int MaxShownDamage = 20;

    public TaskDeclaration Declaration { get; } = new()
    {
        Kind = "scrub",
        Description = "Read everything that is stored and compare it with its checksums.",
    };

    public TimeSpan? Every => TimeSpan.FromDays(options.EveryDays);

    public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
    {
        ScrubSummary summary = await scrubber.RunAsync((done, all) => progress((double)done / all), cancellationToken);
        string read = $"{summary.Members} members ({Display.Bytes(summary.Bytes)}) in {summary.Segments} segments";
        string message = summary.Damage.Count == 0
            ? $"Verified {read}: no damage."
            : $"Verified {read}. Damaged: {string.Join("; ", summary.Damage.Take(MaxShownDamage))}.";
        return JobOutcome.From(message, summary, JobReportJson.Default.ScrubSummary);
    }
}
