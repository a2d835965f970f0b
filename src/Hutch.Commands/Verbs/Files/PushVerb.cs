using Hutch.Client.Configuration;
using Hutch.Client.Http;
using Hutch.Client.Push;
using Hutch.Client.Watching;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Services;
using Hutch.Objects.Http;

namespace Hutch.Commands.Verbs.Files;

/// <summary><c>hutch push</c>: makes the dataset what the working directory is.</summary>
internal sealed class PushVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "push",
        "Upload the changes as a new snapshot, all or nothing. After an interruption, run the command again to resume.",
        "hutch push -m 'second crystal'",
        "hutch push --exclude '*.tmp' --exclude /scratch/",
        "hutch push --every 2m",
        "hutch push --watch /data/EPU --to krios/2026-11-27 --limit 50M --remove-sent")
{
    private readonly Option<string?> _message = verb.Option<string?>("--message -m TEXT", "The message of the snapshot.");

    private readonly Option<TimeSpan?> _every = verb.Add(new Option<TimeSpan?>("--every")
    {
        Description = "Keep pushing at this interval, such as 2m, until interrupted. With --watch: not more often (default: 30s).",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    });

    private readonly Option<string[]> _exclude = verb.Add(ExcludeOption.Create());
    private readonly WatchArguments _watch = new(verb.With(WaitOption.Brief));

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_watch.Folder) is { } folder)
        {
            return await WatchAsync(context, context.FullPath(folder), cancellationToken);
        }

        _watch.RefuseWithoutFolder(context);
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

    private async Task<int> WatchAsync(CliContext context, string folder, CancellationToken cancellationToken)
    {
        if (context.Value(_watch.RemoveService))
        {
            string name = ServiceDefinition.NameFor(folder);
            await ServiceInstaller.Here(context.Host.Environment).RemoveAsync(name, cancellationToken);
            context.WriteDone($"The service {name} is removed. {Display.Quote(folder)} is sent no more.");
            return ExitCode.Ok;
        }

        WatchOptions options = _watch.Read(context, context.Value(_every), context.Value(_message));
        string[] exclude = context.Value(_exclude) ?? [];
        RateLimit? limit = _watch.ReadLimit(context);
        var watched = new WatchedFolder(context, options, exclude, folder);
        return context.Value(_watch.InstallService)
            ? await InstallAsync(
                context, await watched.SetUpAsync(context.Value(_watch.To), cancellationToken),
                _watch.ToCommandLine(context, folder, options, exclude), folder, cancellationToken)
            : await watched.RunAsync(context.Value(_watch.To), limit, cancellationToken);
    }

    private static async Task<int> InstallAsync(
        CliContext context, WorkspaceConfig config, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        if (UserConfig.Load(context.UserConfigPath).Remotes.GetValueOrDefault(config.Remote)?.Token is null)
        {
            throw (ErrorCode.Unauthenticated with { Advice = $"Log in first, as the user of the service: `hutch login {config.Remote}`." })
                .With("A service keeps no token: it uses the login of its user, and there is none.").ToException();
        }

        (string program, string[] first) = OwnProgram.Command();
        string[] variables = [Connection.CaVariable, "XDG_CONFIG_HOME"];
        var service = new ServiceDefinition(
            ServiceDefinition.NameFor(folder), $"Hutch: send {folder} to {config.Name}", program, [.. first, .. arguments],
            variables.Where(name => context.Host.Environment(name) is { Length: > 0 })
                .ToDictionary(name => name, name => context.Host.Environment(name)!, StringComparer.Ordinal));
        foreach (string note in await ServiceInstaller.Here(context.Host.Environment).InstallAsync(service, cancellationToken))
        {
            context.WriteNote(note);
        }

        context.Host.Out.WriteLine($"The service {service.Name} sends {folder} to {config.Name} from now on.");
        return ExitCode.Ok;
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
        if (context.Json)
        {
            context.PrintJson(outcome, CliJson.Default.PushOutcome);
        }

        context.WriteDone(Describe(outcome));
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
            + $"{Human.Count(outcome.UploadedFiles, "file")} ({Display.Bytes(outcome.UploadedBytes)}) uploaded.";
}
