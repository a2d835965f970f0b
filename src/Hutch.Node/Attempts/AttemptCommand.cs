using Hutch.Model.Records;
using Hutch.Node.Processes;

namespace Hutch.Node.Attempts;

/// <summary>Executes the command of an attempt in the sandbox, on its staged inputs. Several at the same time have a folder each.</summary>
/// <param name="inputs">The folder with the first input, and that with the further ones.</param>
/// <param name="image">The folder of its image outside of those; null if it is one of them, or if there is none.</param>
/// <param name="scratch">The room for its results.</param>
/// <param name="tail">Gets what the commands print.</param>
internal sealed class AttemptCommand(
    AttemptInfo work, Sandbox sandbox, (string First, string Further) inputs, string? image, ScratchSpace scratch, TailStream tail,
    TimeProvider time)
{
    private const int FirstBytesOfLog = 8 << 20;
    private const int LastBytesOfLog = 1 << 20;

    // The shell that enters the group, bubblewrap and the first process of the sandbox.
    private const int OwnProcesses = 8;

    // As a shell says that a program exceeded the size of a file.
    private const int FileTooLarge = 128 + 25;

    /// <param name="file">The file that the command is for, as a path in the input; null for a command for all of it.</param>
    internal async Task<CommandOutcome> ExecuteAsync(CommandFolder workFolder, string? file, CancellationToken ct)
    {
        string[] names = [.. work.Inputs.Select(static one => one.Name).OfType<string>()];
        var folders = new SandboxFolders(inputs.First, inputs.Further, workFolder.Output)
        {
            Image = image ?? Sandbox.ImageIn(inputs.Further, names),
        };
        if (sandbox.FindImageProblem(folders) is { } unusable)
        {
            return CommandOutcome.Failed(unusable);
        }

        if (scratch.FindLack(workFolder.Outside, 1) is { } lack)
        {
            return lack;
        }

        string[] words = sandbox.Fill(work.Command, folders, names, file);
        await sandbox.GiveAsync(workFolder.Output, ct);
        await using ControlGroup? group = sandbox.Features.Groups.TryMake(
            work.Limits.MemoryBytes, work.Limits.Processes + OwnProcesses, time);
        IReadOnlyList<string> missing = sandbox.FindMissingLimits(work.Limits, group);
        using var log = new JobLog(workFolder.LogPath, FirstBytesOfLog, LastBytesOfLog, static _ => { });
        using var output = new CommandOutput(log, tail);
        if (missing.Count > 0)
        {
            output.Note($"this node does not bound {string.Join(", and ", missing)}");
        }

        CommandOutcome outcome = await ExecuteAsync(workFolder, words, folders, group, output, ct);
        ct.ThrowIfCancellationRequested();
        log.Dispose();
        workFolder.KeepLog();
        outcome = outcome.IsDone && workFolder.FindMissing(work.Requires) is { } absent
            ? CommandOutcome.Failed(
                $"The command ended with exit code 0, but left no file {Display.Quote(absent)}.", AttemptFailure.MissingFile)
            : outcome;
        return missing.Count == 0 ? outcome : outcome with
        {
            Message = $"{outcome.Message.TrimEnd('.')}. This node does not bound {string.Join(", and ", missing)}.",
        };
    }

    private async Task<CommandOutcome> ExecuteAsync(
        CommandFolder workFolder, string[] words, SandboxFolders folders, ControlGroup? group, CommandOutput output, CancellationToken ct)
    {
        await using var watch = new CommandWatch(scratch, workFolder, group, time);
        using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(work.Limits.Seconds), time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token, watch.Exceeded);

        // Commands of one account may share a limit of processes.
        TaskLimits limits = work.Limits with
        {
            OutputBytes = scratch.FileBytes(work.Limits, workFolder.Outside),
            Processes = work.Limits.Processes * (work.Parallel ?? 1),
        };
        JobEnd end = await sandbox.ExecuteAsync(words, folders, limits, output, group, workFolder.Outside, limit.Token);
        if (await watch.EndAsync(CancellationToken.None) is { } exceeded)
        {
            return exceeded;
        }

        if (timer.IsCancellationRequested && end.WasStopped)
        {
            return CommandOutcome.Failed(
                $"The command was ended after {work.Limits.Seconds} s, the longest time of this program.", AttemptFailure.TimeLimit);
        }

        if (end.ExitCode == 0)
        {
            return CommandOutcome.Done(end.Message);
        }

        if (end.ExitCode == FileTooLarge && limits.OutputBytes < work.Limits.OutputBytes)
        {
            return FindReasonOfSize(workFolder);
        }

        return CommandOutcome.Failed(
            Describe(end, group, output.FindLastError()), AttemptFailure.ExitCode, end.ExitCode);
    }

    private CommandOutcome FindReasonOfSize(CommandFolder workFolder) =>
        workFolder.BytesOfResults() is var own && own >= scratch.MostBytes ? scratch.TooLarge() : ScratchSpace.Full(own);

    /// <summary>Describes the end of a command by its exit code and the last line of its errors, which often says why.</summary>
    private string Describe(JobEnd end, ControlGroup? group, string? last)
    {
        string words = $"The command ended with {end.Message}.";
        string processes = group is { HasRunOutOfProcesses: true }
            ? $" It could not start more than {work.Limits.Processes} processes (resources.processes)."
            : "";
        string size = end.ExitCode == FileTooLarge
            ? $" A file became larger than {Display.Bytes(work.Limits.OutputBytes)} (resources.file-size)."
            : "";
        return $"{words}{processes}{size}{(last is null ? "" : $" The last line of its errors: {last}")}";
    }
}
