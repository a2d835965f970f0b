using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Servers;
using Hutch.Server;
using Hutch.Site.Engines;

namespace Hutch.Cli.Verbs.Servers;

internal sealed class MigrateVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "migrate",
        "Move a site between a data folder, a data folder over a bucket, and a database with a bucket. While a server runs, "
        + "the site is copied and read again; log in as an administrator first. Then stop the server and run the same command again: "
        + "it copies the rest and ends the move. With '--hand-over' the server does this itself, and no stop is needed.",
        "hutch migrate /backup/move --data /srv/hutch --to /etc/hutch/engines.yaml",
        "hutch migrate /backup/move --data /srv/hutch --to /etc/hutch/engines.yaml --hand-over",
        "hutch migrate /backup/move --config /etc/hutch/engines.yaml --to /srv/hutch-new")
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);

    private readonly Argument<string> _folder = verb.Argument<string>(
        "dir", "A backup folder of the site, or an empty one: the site moves through it.");
    private readonly ServerOptionSet _server = new(verb);
    private readonly Option<string> _to = verb.Required<string>(
        "--to FILE|DIR",
        "The new place: a configuration file whose section 'engine' names an empty database and bucket, or whose section "
        + "'storage.bucket' names an empty bucket; or a new data folder.");
    private readonly Option<bool> _cancel = verb.Option<bool>(
        "--cancel", "Let the servers of the old database start again, if the move has not ended.");
    private readonly Option<bool> _handOver = verb.Option<bool>(
        "--hand-over",
        "End the move while the server runs: requests wait for about a second, and the same process serves at the new place.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string through = context.FullPath(context.Value(_folder)!);
        await using SiteMove move = ToMove(context, through);
        if (move.FindRefusal() is { } refusal)
        {
            throw refusal.ToException();
        }

        if (context.Value(_cancel))
        {
            await move.CancelAsync(cancellationToken);
            context.WriteNote("The old place may serve again.");
            return ExitCode.Ok;
        }

        bool isServed = await move.IsServedAsync(cancellationToken);
        if (context.Value(_handOver))
        {
            return await HandOverAsync(context, move, isServed, through, cancellationToken);
        }

        if (isServed)
        {
            await ServerJob.RunAsync(
                context, new StartJob { Kind = "backup", Folder = through, WithKeys = true }, wait: true, ErrorCode.Unprocessable,
                cancellationToken);
        }

        MoveReport report = (await (isServed
            ? move.CopyBehindAsync(static _ => { }, cancellationToken)
            : move.FinishAsync(static _ => { }, cancellationToken))).Value;
        context.Print(report, FullJson.Default.MoveReport, Describe(report));
        return ExitCode.Ok;
    }

    private async Task<int> HandOverAsync(
        CliContext context, SiteMove move, bool isServed, string through, CancellationToken cancellationToken)
    {
        string to = context.FullPath(context.Value(_to)!);
        if (!isServed || !File.Exists(to))
        {
            throw ErrorCode.BadRequest.With(
                isServed
                    ? "'--hand-over' needs a configuration file for '--to', with the addresses of this server."
                    : "No server has the old place: run the command without '--hand-over'.").ToException();
        }

        move.ForgetOutcome();
        move.AllowHandOver(to);
        JobInfo job = await context.Server.StartJobAsync(HandOverJob.To(through, to), cancellationToken);
        context.AfterInterrupt = $"The server continues the move as the job {job.Id}.";
        string? outcome = null;
        while (outcome is null)
        {
            await Task.Delay(AskEvery, context.Host.Time, cancellationToken);
            if (job.State == "running")
            {
                job = await FindJobAsync(context, job, cancellationToken);
            }

            outcome = job.State == "failed" ? HandOverJob.Refused + job.Message : move.FindOutcome();
        }

        if (outcome.StartsWith(HandOverJob.Refused, StringComparison.Ordinal))
        {
            throw ErrorCode.Unprocessable.With(
                $"The old place serves on: {outcome[HandOverJob.Refused.Length..]}").ToException();
        }

        context.WriteNote(
            $"The site has moved to the place of {to}. Requests waited for {outcome[HandOverJob.Done.Length..]}. Give the service that "
            + "configuration before its next start: with the old one it does not start any more.");
        return ExitCode.Ok;
    }

    /// <summary>Returns the job as it is now. The server that follows does not know it: then it has ended.</summary>
    private static async Task<JobInfo> FindJobAsync(CliContext context, JobInfo job, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Server.GetJobAsync(job.Id, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            return job with { State = "done" };
        }
    }

    private static string Describe(MoveReport report)
    {
        string read = report.Files == 0 ? ""
            : $" {Human.Count(report.Files, "file")}, {Display.Bytes(report.Bytes)}, were read again there.";
        return report.IsDone
            ? $"The site has moved from {report.From} to {report.To}.{read} Start its server there. The old place does not start any more."
            : $"Copied from {report.From} to {report.To}.{read} The old place still serves: stop its servers, and run the same command "
                + "again.";
    }

    private SiteMove ToMove(CliContext context, string through)
    {
        LoadedConfiguration old = _server.ReadValid(context);
        string to = context.FullPath(context.Value(_to)!);
        (ServeOptions target, ISharedLocation? location) = File.Exists(to)
            ? ServeVerb.ReadPlace(context, to, data: null)
            : (new ServeOptions { DataFolder = to, Time = context.Host.Time }, null);
        return new SiteMove(ServeVerb.ToServeOptions(context, old), ServeVerb.FindPlace(context, old), target, location, through);
    }
}
