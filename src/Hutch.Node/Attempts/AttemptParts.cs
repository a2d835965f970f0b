using System.Collections.Concurrent;
using Hutch.Client.Fetch;
using Hutch.Client.Push;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Model.Ignoring;
using Hutch.Model.Records;

namespace Hutch.Node.Attempts;

/// <summary>
/// The parts of a program with a command for each file of its input, some at the same time. While the input is open, it waits for further
/// files. A later attempt leaves out the parts that are done.
/// </summary>
/// <param name="claim">The claim of the attempt, which each part has, too.</param>
/// <param name="folder">The folder of the attempt.</param>
/// <param name="input">The folder for the files of the first input.</param>
internal sealed class AttemptParts(
    HutchClient server, string run, Guid claim, AttemptInfo work, AttemptCommand command, string folder, string input, TimeProvider time)
{
    private const int FilesAtOnce = 100;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<CommandFolder> _free = [];
    private readonly ConcurrentBag<(string File, CommandOutcome Outcome)> _failed = [];
    private int _done;

    private int AtOnce => work.Parallel ?? 1;

    /// <summary>Executes the command for each file, until the input is closed and has no other file.</summary>
    internal async Task<CommandOutcome> RunAsync(string each, CancellationToken ct)
    {
        for (int i = 0; i < AtOnce; i++)
        {
            _free.Add(new CommandFolder(Directory.CreateDirectory(Path.Combine(folder, "parts", $"{i}")).FullName));
        }

        var filter = new IncludeFilter([each]);
        using var tick = new PeriodicTimer(LookEvery, time);
        while (true)
        {
            // Whether it is closed is asked before its files: no file can come after that.
            DatasetInfo dataset = await server.GetDatasetAsync(work.Inputs[0].Dataset, ct);
            bool isLast = dataset.State != DatasetStates.Open;
            (long snapshot, List<string> files) = await NewFilesAsync(dataset, filter, ct);
            foreach (string[] some in files.Chunk(FilesAtOnce))
            {
                await StageAsync(dataset, snapshot, some, ct);
                await RunAsync(some, ct);
            }

            if (isLast)
            {
                return Sum();
            }

            await tick.WaitForNextTickAsync(ct);
        }
    }

    private async Task RunAsync(string[] files, CancellationToken ct)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(files, options, async (file, token) =>
        {
            CommandFolder slot = _free.TryTake(out CommandFolder? free) ? free : throw new InvalidOperationException("No folder is free.");
            CommandOutcome outcome = await RunPartAsync(slot, file, token);
            _free.Add(slot);
            if (outcome.IsDone)
            {
                Interlocked.Increment(ref _done);
            }
            else
            {
                _failed.Add((file, outcome));
            }
        });
        _seen.UnionWith(files);
    }

    private CommandOutcome Sum()
    {
        if (_failed.IsEmpty)
        {
            return CommandOutcome.Done($"All {_done} parts are done.");
        }

        (string file, CommandOutcome first) = _failed.MinBy(static one => one.File, StringComparer.Ordinal);
        return first with
        {
            Message = $"{_failed.Count} of {_done + _failed.Count} parts have failed. {Display.Quote(file)}: {first.Message}",
        };
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
    private async Task StageAsync(DatasetInfo dataset, long snapshot, string[] files, CancellationToken ct)
    {
        SmallFile.DeleteTree(input);
        CloneOutcome outcome = await new CloneEngine(server, NoProgress.Instance, time).RunAsync(
            dataset, snapshot.ToString(CultureInfo.InvariantCulture), input,
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
    private async Task<CommandOutcome> RunPartAsync(CommandFolder slot, string file, CancellationToken ct)
    {
        PartInfo begun = await server.BeginPartAsync(run, new BeginPart { Part = file, Claim = claim, UnlessDone = true }, ct);
        if (begun.State == PartState.Done)
        {
            return CommandOutcome.Done("");
        }

        slot.Renew();
        DatasetInfo results = await server.GetDatasetAsync(work.Output, ct);
        using Workspace output = Workspace.Create(slot.Output, WorkspaceConfig.For(server, results), time);
        CommandOutcome outcome = await command.ExecuteAsync(slot, file, ct);
        if (outcome.IsDone && slot.HasMoreThan(work.Limits.OutputFiles))
        {
            outcome = CommandOutcome.Failed($"The command left more than {work.Limits.OutputFiles} files and folders.");
        }

        try
        {
            if (outcome.IsDone)
            {
                var part = new PartCommit { Run = Guid.Parse(run), Part = file, Claim = claim, Message = outcome.Message };
                using var push = new PushEngine(server, output, null, NoProgress.Instance) { Part = part };
                await push.RunAsync(ct);
                return outcome;
            }
        }
        catch (HutchException e) when (e.Error.Code.Status is < 500 and not (401 or 409 or 429))
        {
            outcome = CommandOutcome.Failed($"{outcome.Message} Its results could not be sent: {e.Message}", AttemptFailure.Transfer);
        }

        await server.FailPartAsync(run, new FailPart { Part = file, Claim = claim, Message = outcome.Message }, ct);
        return outcome;
    }
}
