using Hutch.Model.Records;

namespace Hutch.Commands.Jobs.Attempts;

/// <summary>Executes the command of an attempt in the sandbox, on its staged inputs. Several at the same time have a folder each.</summary>
/// <param name="inputs">The folder with the first input, and that with the further ones.</param>
/// <param name="image">The folder of its image outside of those; null if it is one of them, or if there is none.</param>
/// <param name="tail">Gets what the commands print.</param>
internal sealed class AttemptCommand(
    AttemptInfo work, Sandbox sandbox, (string First, string Further) inputs, string? image, TailStream tail, TimeProvider time)
{
    private const int FirstBytesOfLog = 8 << 20;
    private const int LastBytesOfLog = 1 << 20;

    // Commands of one account may share a limit of processes.
    private readonly TaskLimits _limits = work.Limits with { Processes = work.Limits.Processes * (work.Parallel ?? 1) };

    /// <param name="file">The file that the command is for, as a path in the input; null for a command for all of it.</param>
    internal async Task<CommandOutcome> ExecuteAsync(CommandFolder place, string? file, CancellationToken ct)
    {
        string[] names = [.. work.Inputs.Select(static one => one.Name).OfType<string>()];
        var folders = new SandboxFolders(inputs.First, inputs.Further, place.Output)
        {
            Image = image ?? Sandbox.ImageIn(inputs.Further, names),
        };
        if (sandbox.FindImageProblem(folders) is { } unusable)
        {
            return CommandOutcome.Failed(unusable);
        }

        string[] words = sandbox.Fill(work.Command, folders, names, file);
        await sandbox.GiveAsync(place.Output, ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(work.Limits.Seconds), time);
        await using CancellationTokenRegistration over = timer.Token.Register(limit.Cancel);
        JobEnd end;
        using (var log = new JobLog(place.LogPath, FirstBytesOfLog, LastBytesOfLog, static _ => { }))
        {
            end = await sandbox.ExecuteAsync(words, folders, _limits, log, tail, place.Outside, limit.Token);
        }

        ct.ThrowIfCancellationRequested();
        place.KeepLog();
        return timer.IsCancellationRequested && end.WasStopped
            ? CommandOutcome.Failed(
                $"The command was ended after {work.Limits.Seconds} s, the longest time of this program.", AttemptFailure.TimeLimit)
            : end.ExitCode != 0
                ? CommandOutcome.Failed($"The command ended with {end.Message}.", AttemptFailure.ExitCode, end.ExitCode)
            : place.FindMissing(work.Requires) is { } missing
                ? CommandOutcome.Failed(
                    $"The command ended with exit code 0, but left no file {Display.Quote(missing)}.", AttemptFailure.MissingFile)
            : CommandOutcome.Done(end.Message);
    }
}
