using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// A kind of maintenance: what it is called, who may start it, and what it does. <see cref="MaintenanceJobs"/> runs it as a job.
/// </summary>
public interface IMaintenanceTask
{
    TaskDeclaration Declaration { get; }

    /// <summary>How often the server starts it by itself; null for never.</summary>
    TimeSpan? Every => null;

    /// <summary>Does it, and says what came of it. An exception fails the job, and its message becomes the job's.</summary>
    /// <param name="values">The parameters, checked against the declaration.</param>
    /// <param name="progress">To be told the part that is done, 0 to 1.</param>
    /// <param name="cancellationToken">The server stops: what is done is kept.</param>
    Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken);
}
