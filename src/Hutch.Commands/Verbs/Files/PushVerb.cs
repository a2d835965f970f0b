using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Objects.Http;

namespace Hutch.Commands.Verbs.Files;

/// <summary><c>hutch push</c>: makes the dataset what the working directory is.</summary>
internal sealed class PushVerb : Verb
{
    private readonly Option<string?> _message = new("--message", "-m") { Description = "The message of the snapshot.", HelpName = "TEXT" };

    private readonly Option<TimeSpan?> _every = new("--every")
    {
        Description = "Keep pushing at this interval, such as 2m, until interrupted.",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    };

    private readonly Option<string[]> _exclude = ExcludeOption.Create();

    internal PushVerb(CliHost host)
        : base(
            host,
            "push",
            "Upload the changes as a new snapshot, all or nothing. After an interruption, run the command again to resume.",
            "hutch push -m 'second crystal'",
            "hutch push --exclude '*.tmp' --exclude /scratch/",
            "hutch push --every 2m")
    {
        Add(_message);
        Add(_every);
        Add(_exclude);
        Add(WaitOption.Brief);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Workspace workspace = context.RequireWorkspace(_exclude);
        if (context.Value(_every) is not { } interval)
        {
            return await PushOnceAsync(context, workspace, cancellationToken);
        }

        while (true)
        {
            await PushOrReportAsync(context, workspace, cancellationToken);
            await Task.Delay(interval, context.Host.Time, cancellationToken);
        }
    }

    // A server that is away, or a file that cannot be read now, is no reason to end a loop that may run for days. A conflict is.
    private async Task PushOrReportAsync(CliContext context, Workspace workspace, CancellationToken cancellationToken)
    {
        try
        {
            await PushOnceAsync(context, workspace, cancellationToken);
        }
        catch (Exception e) when (e is ServerUnreachableException or IOException || e is HutchException { Error.Code.Status: >= 500 })
        {
            ErrorReport.Write(e, context.Host, context.Json, context.Verbose);
        }
    }

    private async Task<int> PushOnceAsync(CliContext context, Workspace workspace, CancellationToken cancellationToken)
    {
        using var engine = new PushEngine(context.Server, workspace, context.Value(_message), context.Progress);
        PushOutcome outcome = await engine.RunAsync(cancellationToken);
        context.Progress.Dispose();
        context.Print(outcome, CliJson.Default.PushOutcome, Describe(outcome));
        foreach (string path in outcome.ChangedSince)
        {
            context.WriteNote($"{Display.Name(path)} changed again after it was read; the next push will include the change.");
        }

        foreach (string path in outcome.Unstable)
        {
            context.WriteNote(outcome.InUse.Contains(path)
                ? $"{Display.Name(path)} is open in another program and was not pushed; push again when it is closed."
                : $"{Display.Name(path)} kept changing and was not pushed; push again when it is complete.");
        }

        UnstorableFiles.Report(context, outcome.Unstorable);
        return UnstorableFiles.ExitCodeOf(outcome);
    }

    private static string Describe(PushOutcome outcome) => outcome.Snapshot is not { } snapshot
        ? outcome.Unstable.Count + outcome.Unstorable.Count > 0 ? "Nothing was pushed." : "Nothing to push."
        : $"Snapshot @{snapshot.Number}: {outcome.Added} added, {outcome.Changed} changed, {outcome.Removed} removed; "
            + $"{Human.Count(outcome.UploadedFiles, "file", "files")} ({Display.Bytes(outcome.UploadedBytes)}) uploaded.";
}
