using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Servers;

internal static class ServerJob
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Starts a job, waits for its end if requested, and prints its outcome.</summary>
    /// <param name="wait">True to wait until it has finished.</param>
    /// <param name="cancellationToken">Ends the wait; the job continues.</param>
    internal static async Task<JobInfo> RunAsync(
        CliContext context, StartJob wanted, bool wait, ErrorCode failure, CancellationToken cancellationToken)
    {
        JobInfo job = await context.Server.StartJobAsync(wanted, cancellationToken);
        context.AfterInterrupt = $"The server continues the {job.Kind} job {job.Id}.";
        while (job.State == "running" && wait)
        {
            await Task.Delay(AskEvery, context.Host.Time, cancellationToken);
            job = await context.Server.GetJobAsync(job.Id, cancellationToken);
        }

        if (job.State == "failed")
        {
            throw failure.With($"The {job.Kind} job {job.Id} failed: {job.Message ?? "no reason was given."}").ToException();
        }

        context.Print(job, HutchJson.Default.JobInfo, job.Message ?? $"The {job.Kind} job {job.Id} is {job.State}.");
        return job;
    }
}
