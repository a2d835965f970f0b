using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// A kind of maintenance: its name, the callers that may start it, and its action. <see cref="MaintenanceJobs"/> runs it as a job.
/// </summary>
public interface IMaintenanceTask
{
    TaskDeclaration Declaration { get; }

    /// <summary>The time between two automatic runs; null for none.</summary>
    TimeSpan? Every => null;

    /// <summary>True if an automatic run should not wait for that time.</summary>
    bool IsDueEarly => false;

    /// <summary>Runs the task and returns its outcome. An exception fails the job, and its message becomes the job's.</summary>
    /// <param name="progress">Receives the completed part, 0 to 1.</param>
    /// <param name="cancellationToken">The server stops: completed work is kept.</param>
    Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken);
}
