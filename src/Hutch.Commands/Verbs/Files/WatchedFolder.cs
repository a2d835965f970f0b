using Hutch.Client.Http;
using Hutch.Client.Watching;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Disk.Folders;

namespace Hutch.Commands.Verbs.Files;

/// <summary>Sends the files of a growing folder, and reports it: <c>hutch push --watch</c>.</summary>
internal sealed class WatchedFolder(CliContext context, WatchOptions options, IReadOnlyList<string> exclude, string path)
{
    private HashSet<string> _shown = new(StringComparer.Ordinal);
    private string? _failure;

    /// <summary>Runs until it is interrupted or fails permanently.</summary>
    internal async Task<int> RunAsync(string? to, RateLimit? limit, CancellationToken cancellationToken)
    {
        context.AfterInterrupt = "Run the command again to continue where it stopped.";
        WorkspaceConfig? known = FindConfig();
        using HutchClient client = context.Connect(known?.Remote, limit);
        WorkspaceConfig config = known is null ? await SetUpAsync(client, to, cancellationToken) : Check(known, to);
        LowPriority.Take();
        context.WriteNote($"{path} goes to {config.Name}. Ctrl-C ends it.");
        var watch = new FolderWatch(path, options, context.Host.Time, Open, Start) { Scanned = Show, Failed = Show };
        await watch.RunAsync(cancellationToken);
        return ExitCode.Ok;

        WatchEngine Start(Workspace workspace) => new(client, workspace, options, context.Progress);
    }

    /// <summary>Makes the folder one that is sent, if it is none, and returns its dataset.</summary>
    internal async Task<WorkspaceConfig> SetUpAsync(string? to, CancellationToken cancellationToken)
    {
        if (FindConfig() is { } known)
        {
            return Check(known, to);
        }

        using HutchClient client = context.Connect(null);
        return await SetUpAsync(client, to, cancellationToken);
    }

    private WorkspaceConfig? FindConfig()
    {
        if (!SmallFile.FolderExists(path))
        {
            throw (ErrorCode.NotFound with { Advice = "Check the path." }).With($"There is no folder {Display.Quote(path)}.").ToException();
        }

        using (FolderHandle folder = FolderHandle.Open(path))
        {
            if (folder.Status(Workspace.ControlFolder) is { Type: FileType.SymbolicLink })
            {
                throw ErrorCode.Conflict.With(
                    $"{Display.Quote(Path.Combine(path, Workspace.ControlFolder))} is a link: another user may have made it. Remove it.")
                    .ToException();
            }
        }

        using Workspace? found = Workspace.TryOpen(path, context.Host.Time);
        return found is null ? null
            : found.Config.Watched == true ? found.Config
            : throw (ErrorCode.Conflict with { Advice = "Push it with `hutch push --every TIME`, or watch a folder in it." }).With(
                $"{Display.Quote(path)} is a working directory of {found.Config.Name ?? found.Config.Dataset.ToString()}.").ToException();
    }

    private WorkspaceConfig Check(WorkspaceConfig known, string? to)
    {
        bool isSame = to is null || to == known.Name || to == known.Dataset.ToString()
            || known.Name?.EndsWith("/" + to, StringComparison.Ordinal) == true;
        return isSame
            ? known
            : throw (ErrorCode.Conflict with { Advice = $"To send it elsewhere, remove {Path.Combine(path, Workspace.ControlFolder)}." })
                .With($"{Display.Quote(path)} goes to {known.Name}, not to {to}.").ToException();
    }

    private async Task<WorkspaceConfig> SetUpAsync(HutchClient client, string? to, CancellationToken cancellationToken)
    {
        if (to is null)
        {
            throw ErrorCode.BadRequest.With("--watch needs --to DATASET when a folder is sent for the first time.").ToException();
        }

        DatasetInfo dataset = await FindAsync(client, to, cancellationToken);
        WorkspaceConfig config = WorkspaceConfig.For(client, dataset) with { Watched = true };
        Workspace.Create(path, config, context.Host.Time).Dispose();
        return config;
    }

    private async Task<DatasetInfo> FindAsync(HutchClient client, string to, CancellationToken cancellationToken)
    {
        DatasetRef reference = DatasetRef.Parse(to).Value;
        if (reference.Snapshot is not null)
        {
            throw ErrorCode.InvalidName.With($"{Display.Quote(to)} names a snapshot, which never changes; omit the '@'.").ToException();
        }

        try
        {
            return reference.Id is { } id
                ? await client.GetDatasetAsync(id, cancellationToken)
                : await client.ResolveAsync(to, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound && reference.Id is null)
        {
            DatasetInfo made = await client.CreateDatasetAsync(new CreateDataset { Name = to }, cancellationToken);
            context.WriteDone($"Created {made.Name} ({made.Id}).");
            return made;
        }
    }

    private Workspace Open()
    {
        Workspace workspace = Workspace.TryOpen(path, context.Host.Time)
            ?? throw new IOException($"The folder '{path}' is away, or its '{Workspace.ControlFolder}' was removed.");
        workspace.Exclude(exclude);
        return workspace;
    }

    private void Show(WatchRound round)
    {
        if (_failure is not null)
        {
            _failure = null;
            context.WriteNote("It works again.");
        }

        context.Progress.Clear();
        if (context.Json)
        {
            if (round.Snapshot is not null || round.Removed > 0)
            {
                context.PrintJson(round, CliJson.Default.WatchRound);
            }
        }
        else if (Describe(round) is { Length: > 0 } line)
        {
            context.Host.Out.WriteLine(line);
        }

        context.Host.Out.Flush();
        foreach (string note in round.Notes.Where(note => !_shown.Contains(note)))
        {
            context.WriteNote(note);
        }

        _shown = new HashSet<string>(round.Notes, StringComparer.Ordinal);
    }

    private void Show(Exception failure, TimeSpan wait)
    {
        (HutchError error, _) = ErrorReport.Classify(failure);
        if (error.Message != _failure)
        {
            _failure = error.Message;
            if (context.Json)
            {
                ErrorReport.Write(failure, context.Host, json: true, context.Verbose);
            }
            else
            {
                context.Host.Error.WriteLine($"hutch: {error.Message} Trying again, first in {wait.TotalSeconds:0} s.");
            }
        }
    }

    private static string Describe(WatchRound round)
    {
        var parts = new List<string>();
        if (round.Snapshot is { } snapshot)
        {
            double rate = round.SentBytes / Math.Max(round.Took.TotalSeconds, 0.001);
            parts.Add(
                $"Snapshot @{snapshot.Number}: {round.Added} added, {round.Changed} changed; {Display.Bytes(round.SentBytes)} sent, "
                + $"{Display.Bytes(rate)}/s");
        }

        if (round.Removed > 0)
        {
            parts.Add($"{Human.Count(round.Removed, "file")} ({Display.Bytes(round.RemovedBytes)}) removed here, with proof");
        }

        return parts.Count == 0 ? ""
            : string.Join("; ", parts) + (round.Waiting > 0 ? $"; {Human.Count(round.Waiting)} not finished." : ".");
    }
}
