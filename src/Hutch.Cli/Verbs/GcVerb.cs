using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch gc</c>: frees the space of what nothing names any more.</summary>
internal sealed class GcVerb : Verb
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Only start it." };

    internal GcVerb(CliHost host)
        : base(host, "gc", "Free the space of bytes that nothing names any more (operators).", "hutch gc") => Add(_noWait);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        JobInfo job = await context.Server.StartJobAsync(new StartJob { Kind = "gc" }, cancellationToken);
        while (job.State == "running" && !context.Value(_noWait))
        {
            await Task.Delay(AskEvery, context.Host.Time, cancellationToken);
            job = await context.Server.GetJobAsync(job.Id, cancellationToken);
        }

        if (job.State == "failed")
        {
            throw ErrorCode.Internal.With(
                $"The collection {job.Id} failed: {job.Result?.GetRawText() ?? "no reason was given"}.").ToException();
        }

        context.Print(job, HutchJson.Default.JobInfo, $"Collection {job.Id} is {job.State}. {job.Result?.GetRawText()}".TrimEnd());
        return ExitCode.Ok;
    }
}
