using System.Text.Json;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Api.Tests.Contract;

/// <summary>The example of docs/extending.md.</summary>
internal sealed class CountTask(TaskStarter starter) : IMaintenanceTask
{
    private static readonly ParameterDeclaration To = new()
    {
        Name = "to",
        Title = "To",
        Kind = ValueKind.WholeNumber,
        Minimum = 0,
        Description = "The last number.",
        Default = JsonElement.Parse("1"),
    };

    public TaskDeclaration Declaration { get; } = new()
    {
        Kind = "count",
        Description = "Count.",
        Starter = starter,
        Parameters = [To],
    };

    public TimeSpan? Every => null;

    public async Task<JobOutcome> RunAsync(
        ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
    {
        long last = values.WholeNumber(To.Name)!.Value;
        for (long number = 1; number <= last; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress((double)number / last);
            await Task.Yield();
        }

        return new JobOutcome($"Counted to {last}.", JsonElement.Parse($"{last}"));
    }
}
