using Hutch.Client.Fetch;
using Hutch.Client.Push;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Disk.Folders;
using Hutch.Model.Ignoring;
using Hutch.Model.Records;
using Hutch.Objects.Http;

namespace Hutch.Commands.Jobs.Attempts;

/// <summary>
/// Executes one attempt of a run as its node: claims it, stages the input, runs the command in the sandbox, and pushes its files. Only the
/// server decides whether the results count; a node whose attempt is not current ends without a word.
/// </summary>
internal sealed class AttemptRun(HutchClient server, string run, int number, string folder, Sandbox sandbox, TimeProvider time)
    : IDisposable
{
    internal const string LogName = "hutch-run.log";

    private const int FirstBytesOfLog = 8 << 20;
    private const int LastBytesOfLog = 1 << 20;
    private const int TailBytes = 64 << 10;

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);

    private readonly Guid _claim = Guid.NewGuid();
    private readonly TailStream _tail = new(TailBytes);

    private const int FilesAtOnce = 100;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private string OutputFolder => Path.Combine(folder, "output");

    private string InputFolder => Path.Combine(folder, "input");

    // Each further input has a folder of its name.
    private string FurtherFolder => Path.Combine(folder, "inputs");

    private string LogPath => Path.Combine(folder, LogName);

    public void Dispose() => _tail.Dispose();

    /// <param name="stop">Ends it at once, without results: its server is gone, or does not want it any more.</param>
    internal async Task<int> RunAsync(CancellationToken stop)
    {
        AttemptInfo work;
        try
        {
            work = await server.ClaimAttemptAsync(
                run, number, new ClaimAttempt { Claim = _claim, Node = Environment.MachineName }, stop);
        }
        catch (HutchException)
        {
            return ExitCode.Ok; // another node was first, or the run has ended
        }

        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task beating = BeatAsync(lost, done.Token);
        try
        {
            await CarryOutAsync(work, lost.Token);
            return ExitCode.Ok;
        }
        finally
        {
            await done.CancelAsync();
            await beating;
        }
    }

    /// <summary>Deletes inputs and results on this machine.</summary>
    internal void DeleteFolder()
    {
        try
        {
            SmallFile.DeleteTree(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A command may leave a folder without permissions.
        }
    }

    private async Task CarryOutAsync(AttemptInfo work, CancellationToken ct)
    {
        Workspace? output = null;
        try
        {
            try
            {
                Directory.CreateDirectory(folder);
                await StageAsync(work, ct);
                if (work.Each is { } each)
                {
                    await RunEachAsync(work, each, ct);
                    return;
                }

                output = await OpenOutputAsync(work, ct);
            }
            catch (HutchException e)
            {
                await FinishAsync(
                    CommandOutcome.Failed($"Its input could not be staged: {e.Error.Message}", AttemptFailure.Transfer), ct);
                return;
            }

            await DeliverAsync(work, output, await ExecuteAsync(work, null, ct), ct);
        }
        finally
        {
            output?.Dispose();
        }
    }

    private async Task StageAsync(AttemptInfo work, CancellationToken ct)
    {
        foreach (RunInput input in work.Inputs.Where(input => input.Name is not null || work.Each is null))
        {
            DatasetInfo dataset = await server.GetDatasetAsync(input.Dataset, ct);
            string at = input.Snapshot!.Value.ToString(CultureInfo.InvariantCulture);
            string place = input.Name is { } name ? Path.Combine(FurtherFolder, name) : InputFolder;
            IReadOnlyList<string> files = input.Name is null ? work.Files : [];
            CloneOutcome outcome = await new CloneEngine(server, NoProgress.Instance, time).RunAsync(
                dataset, at, place, new CloneOptions { IsPlain = true, Include = [.. files] }, ct);
            if (outcome.Missing is [var missing, ..])
            {
                throw ErrorCode.Quarantined.With($"The server has no whole copy of {Display.Quote(missing)} in {dataset.Name}.")
                    .ToException();
            }

            if (outcome.Entries == 0 && files.Count > 0)
            {
                throw ErrorCode.NotFound.With(
                    $"Nothing in {dataset.Name}@{at} matches {string.Join(" or ", files.Select(Display.Quote))}.").ToException();
            }
        }

        Directory.CreateDirectory(InputFolder);
        Directory.CreateDirectory(FurtherFolder);
    }

    /// <summary>
    /// Makes the folder for the results. It has the files of an earlier attempt that failed, so that a program can resume.
    /// </summary>
    private async Task<Workspace> OpenOutputAsync(AttemptInfo work, CancellationToken ct)
    {
        DatasetInfo dataset = await server.GetDatasetAsync(work.Output, ct);
        if (dataset.Snapshots > 0)
        {
            await new CloneEngine(server, NoProgress.Instance, time).RunAsync(dataset, null, OutputFolder, new CloneOptions(), ct);
            return Workspace.TryOpen(OutputFolder, time)!;
        }

        Directory.CreateDirectory(OutputFolder);
        return Workspace.Create(OutputFolder, WorkspaceConfig.For(server, dataset), time);
    }

    /// <param name="file">The file that the command is for, as a path in the input; null for a command for all of it.</param>
    private async Task<CommandOutcome> ExecuteAsync(AttemptInfo work, string? file, CancellationToken ct)
    {
        string[] names = [.. work.Inputs.Select(static one => one.Name).OfType<string>()];
        var folders = new SandboxFolders(InputFolder, FurtherFolder, OutputFolder) { Image = Sandbox.ImageIn(FurtherFolder, names) };
        if (sandbox.FindImageProblem(folders) is { } unusable)
        {
            return CommandOutcome.Failed(unusable);
        }

        string[] words = sandbox.Fill(work.Command, folders, names, file);
        await sandbox.GiveAsync(OutputFolder, ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(work.Limits.Seconds), time);
        await using CancellationTokenRegistration over = timer.Token.Register(limit.Cancel);
        JobEnd end;
        using (var log = new JobLog(LogPath, FirstBytesOfLog, LastBytesOfLog, static _ => { }))
        {
            end = await sandbox.ExecuteAsync(words, folders, work.Limits, log, _tail, folder, limit.Token);
        }

        ct.ThrowIfCancellationRequested();
        KeepLog();
        return timer.IsCancellationRequested && end.WasStopped
            ? CommandOutcome.Failed(
                $"The command was ended after {work.Limits.Seconds} s, the longest time of this program.", AttemptFailure.TimeLimit)
            : end.ExitCode != 0
                ? CommandOutcome.Failed($"The command ended with {end.Message}.", AttemptFailure.ExitCode, end.ExitCode)
            : FindMissing(work) is { } missing
                ? CommandOutcome.Failed(
                    $"The command ended with exit code 0, but left no file {Display.Quote(missing)}.", AttemptFailure.MissingFile)
            : CommandOutcome.Done(end.Message);
    }

    // The command may have left anything at its path.
    private void KeepLog()
    {
        string kept = Path.Combine(OutputFolder, LogName);
        if (!Directory.Exists(kept) && File.Exists(LogPath))
        {
            File.Delete(kept);
            File.Move(LogPath, kept);
        }
    }

    /// <summary>Returns the first pattern of a required file that no file matches; null if there is none.</summary>
    private string? FindMissing(AttemptInfo work)
    {
        var missing = new List<string>(work.Requires);
        foreach (string path in Files())
        {
            missing.RemoveAll(pattern => new IncludeFilter([pattern]).Wants(path, isFolder: false));
            if (missing.Count == 0)
            {
                return null;
            }
        }

        return missing.FirstOrDefault();
    }

    private IEnumerable<string> Files() => Entries(FileAttributes.Directory)
        .Select(path => Path.GetRelativePath(OutputFolder, path))
        .Where(static path => !path.StartsWith(".hutch/", StringComparison.Ordinal));

    private IEnumerable<string> Entries(FileAttributes skipped) => Directory.EnumerateFileSystemEntries(
        OutputFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = skipped });

    private int CountOutput(AttemptInfo work) => Entries(0).Take(work.Limits.OutputFiles + 100)
        .Count(static path => !path.Contains("/.hutch/", StringComparison.Ordinal));

    private async Task DeliverAsync(AttemptInfo work, Workspace output, CommandOutcome outcome, CancellationToken ct)
    {
        if (CountOutput(work) > work.Limits.OutputFiles)
        {
            await FinishAsync(
                CommandOutcome.Failed(
                    $"The command left more than {work.Limits.OutputFiles} files and folders, the most of this program. {outcome.Message}"),
                ct);
            return;
        }

        string kind = outcome.IsDone ? "Results" : "Partial results";
        using var push = new PushEngine(server, output, $"{kind} of run {run}, attempt {number}", NoProgress.Instance)
        {
            Attempt = outcome.ToRequest(_claim),
        };
        try
        {
            PushOutcome pushed = await push.RunAsync(ct);
            if (pushed.Snapshot is null)
            {
                await FinishAsync(outcome, ct);
            }
        }
        catch (Exception e) when (e is HutchException or IOException or UnauthorizedAccessException)
        {
            await FinishAsync(
                CommandOutcome.Failed($"{outcome.Message} Its results could not be sent: {e.Message}", AttemptFailure.Transfer), ct);
        }
    }

    // A program for each file of its input: one command and one part of the results for each, in the order of their paths. While the input
    // is open, the node waits for further files. A later attempt leaves out the parts that are done.
    private async Task RunEachAsync(AttemptInfo work, string each, CancellationToken ct)
    {
        var filter = new IncludeFilter([each]);
        RunInput input = work.Inputs[0];
        (long done, var failed) = (0, new List<(string File, CommandOutcome Outcome)>());
        using var tick = new PeriodicTimer(LookEvery, time);
        while (true)
        {
            // Whether it is closed is asked before its files: no file can come after that.
            DatasetInfo dataset = await server.GetDatasetAsync(input.Dataset, ct);
            bool isLast = dataset.State != DatasetStates.Open;
            (long snapshot, List<string> files) = await NewFilesAsync(dataset, filter, ct);
            foreach (string[] some in files.Chunk(FilesAtOnce))
            {
                await StageFilesAsync(dataset, snapshot, some, ct);
                foreach (string file in some)
                {
                    CommandOutcome outcome = await RunPartAsync(work, file, ct);
                    if (outcome.IsDone)
                    {
                        done++;
                    }
                    else
                    {
                        failed.Add((file, outcome));
                    }

                    _seen.Add(file);
                }
            }

            if (isLast)
            {
                break;
            }

            await tick.WaitForNextTickAsync(ct);
        }

        await FinishAsync(
            failed is [{ File: var name, Outcome: var first }, ..]
                ? first with
                {
                    Message = $"{failed.Count} of {done + failed.Count} parts have failed. {Display.Quote(name)}: {first.Message}",
                }
                : CommandOutcome.Done($"All {done} parts are done."),
            ct);
    }

    private async Task<(long Snapshot, List<string> Files)> NewFilesAsync(DatasetInfo dataset, IncludeFilter filter, CancellationToken ct)
    {
        var files = new List<string>();
        using FixedListing<EntryInfo> listing = await server.ListFilesAsync(dataset.Id, null, ct: ct);
        await foreach (EntryInfo entry in listing.Lines)
        {
            if (entry.Kind == EntryKinds.File && filter.Wants(entry.Path, isFolder: false) && !_seen.Contains(entry.Path))
            {
                files.Add(entry.Path);
            }
        }

        return (listing.Snapshot ?? 0, files);
    }

    // Only some at a time: a node need not have room for all of them.
    private async Task StageFilesAsync(DatasetInfo dataset, long snapshot, string[] files, CancellationToken ct)
    {
        SmallFile.DeleteTree(InputFolder);
        CloneOutcome outcome = await new CloneEngine(server, NoProgress.Instance, time).RunAsync(
            dataset, snapshot.ToString(CultureInfo.InvariantCulture), InputFolder,
            new CloneOptions { IsPlain = true, Include = [.. files.Select(ToPattern)] }, ct);
        if (outcome.Missing is [var missing, ..])
        {
            throw ErrorCode.Quarantined.With($"The server has no whole copy of {Display.Quote(missing)} in {dataset.Name}.").ToException();
        }
    }

    private static string ToPattern(string path)
    {
        var pattern = new StringBuilder("/");
        foreach (char one in path)
        {
            _ = one is '*' or '?' or '[' or '\\' or ' ' ? pattern.Append('\\').Append(one) : pattern.Append(one);
        }

        return pattern.ToString();
    }

    /// <summary>Executes the command for one file.</summary>
    private async Task<CommandOutcome> RunPartAsync(AttemptInfo work, string file, CancellationToken ct)
    {
        PartInfo begun = await server.BeginPartAsync(run, new BeginPart { Part = file, Claim = _claim, UnlessDone = true }, ct);
        if (begun.State == PartState.Done)
        {
            return CommandOutcome.Done("");
        }

        SmallFile.DeleteTree(OutputFolder);
        Directory.CreateDirectory(OutputFolder);
        DatasetInfo results = await server.GetDatasetAsync(work.Output, ct);
        using Workspace output = Workspace.Create(OutputFolder, WorkspaceConfig.For(server, results), time);
        CommandOutcome outcome = await ExecuteAsync(work, file, ct);
        if (outcome.IsDone && CountOutput(work) > work.Limits.OutputFiles)
        {
            outcome = CommandOutcome.Failed($"The command left more than {work.Limits.OutputFiles} files and folders.");
        }

        try
        {
            if (outcome.IsDone)
            {
                var part = new PartCommit { Run = Guid.Parse(run), Part = file, Claim = _claim, Message = outcome.Message };
                using var push = new PushEngine(server, output, null, NoProgress.Instance) { Part = part };
                await push.RunAsync(ct);
                return outcome;
            }
        }
        catch (HutchException e) when (e.Error.Code.Status is < 500 and not (401 or 409 or 429))
        {
            outcome = CommandOutcome.Failed($"{outcome.Message} Its results could not be sent: {e.Message}", AttemptFailure.Transfer);
        }

        await server.FailPartAsync(run, new FailPart { Part = file, Claim = _claim, Message = outcome.Message }, ct);
        return outcome;
    }

    private async Task FinishAsync(CommandOutcome outcome, CancellationToken ct)
    {
        try
        {
            await server.FinishAttemptAsync(run, number, outcome.ToRequest(_claim), ct);
        }
        catch (HutchException e) when (e.Error.Code.Status is < 500 and not 429)
        {
            // The attempt is not current any more; the server knows how its run ended.
        }
    }

    private async Task BeatAsync(CancellationTokenSource lost, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(BeatEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await server.NoteAttemptAsync(run, number, new NoteAttempt { Claim = _claim, Log = _tail.TakeIfNew() }, ct);
                }
                catch (HutchException e) when (e.Error.Code.Status is < 500 and not 429)
                {
                    await lost.CancelAsync();
                    return;
                }
                catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException)
                {
                    // The next one may get through; the results wait for the server, too.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt has ended.
        }
    }
}
