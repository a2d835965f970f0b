using Hutch.Client.Fetch;
using Hutch.Client.Push;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Model.Records;
using Hutch.Objects.Http;

namespace Hutch.Node.Attempts;

/// <summary>
/// Executes one attempt of a run as its node: claims it, stages the input, runs the command in the sandbox, and pushes its files. Only the
/// server decides whether the results count; a node whose attempt is not current ends without a word.
/// </summary>
/// <param name="images">The images that this node keeps; null to stage them for this attempt alone.</param>
/// <param name="keepFree">The free bytes of the disk of its folder that belong to others.</param>
public sealed class AttemptRun(
    HutchClient server, string run, int number, string folder, Sandbox sandbox, ImageCache? images, long keepFree, TimeProvider time)
    : IDisposable
{
    private const int TailBytes = 64 << 10;

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);

    private readonly Guid _claim = Guid.NewGuid();
    private readonly TailStream _tail = new(TailBytes);

    private readonly CommandFolder _workFolder = new(folder);
    private CachedImage? _image;

    private string InputFolder => Path.Combine(folder, "input");

    private string MountCache => Path.Combine(folder, "read");

    // Each further input has a folder of its name.
    private string FurtherFolder => Path.Combine(folder, "inputs");

    public void Dispose()
    {
        _image?.Dispose();
        _tail.Dispose();
    }

    /// <param name="stop">Ends it at once, without results: its server is gone, or does not want it any more.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        AttemptInfo work;
        try
        {
            work = await server.ClaimAttemptAsync(
                run, number, new ClaimAttempt { Claim = _claim, Node = Environment.MachineName }, stop);
        }
        catch (HutchException)
        {
            return; // another node was first, or the run has ended
        }

        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task beating = BeatAsync(lost, done.Token);
        try
        {
            await CarryOutAsync(work, lost.Token);
        }
        finally
        {
            await done.CancelAsync();
            await beating;
        }
    }

    /// <summary>Deletes inputs and results on this machine.</summary>
    public void DeleteFolder()
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
        await using var mounts = new InputMounts(server, MountCache, sandbox.ChangesAccount, time);
        AttemptCommand command;
        try
        {
            try
            {
                Directory.CreateDirectory(folder);
                await StageAsync(work, mounts, ct);
                var scratch = new ScratchSpace(work.Limits.DiskBytes, work.RoomBytes, keepFree);
                Sandbox tried = await sandbox.TriedAsync(ct);
                command = new AttemptCommand(work, tried, (InputFolder, FurtherFolder), _image?.Path, scratch, _tail, time);
                if (work.Each is { } each)
                {
                    var parts = new AttemptParts(server, run, _claim, work, command, folder, InputFolder, time);
                    await FinishAsync(await parts.RunAsync(each, ct), ct);
                    return;
                }

                output = await OpenOutputAsync(work, ct);
            }
            catch (Exception e) when (e is HutchException or IOException or UnauthorizedAccessException)
            {
                // A full disk, such as of this node, is no end without a reason.
                string reason = e is HutchException known ? known.Error.Message : e.Message;
                await FinishAsync(CommandOutcome.Failed($"Its input could not be staged: {reason}", KindOf(e)), ct);
                return;
            }

            CommandOutcome outcome = await command.ExecuteAsync(_workFolder, null, ct);
            await DeliverAsync(work, output, mounts.Problem is { } unread ? outcome.ButUnread(unread) : outcome, ct);
        }
        finally
        {
            output?.Dispose();
        }
    }

    private async Task StageAsync(AttemptInfo work, InputMounts mounts, CancellationToken ct)
    {
        foreach (RunInput input in work.Inputs.Where(input => input.Name is not null || work.Each is null))
        {
            DatasetInfo dataset = await server.GetDatasetAsync(input.Dataset, ct);
            string at = input.Snapshot!.Value.ToString(CultureInfo.InvariantCulture);
            await RequireRoomAsync(work, input, at, ct);
            if (input.Name == RunTask.Image && images is not null)
            {
                // Asked with the token of the attempt: a cached image is for its readers only.
                SnapshotInfo version = await server.GetSnapshotAsync(input.Dataset, at, ct);
                _image = await images.TakeAsync(
                    version.Root, version.Bytes,
                    (imagePath, token) =>
                    {
                        RequireRoom(version.Bytes);
                        return StageAsync(dataset, at, imagePath, [], token);
                    },
                    ct);
            }

            string path = input.Name is { } name ? Path.Combine(FurtherFolder, name) : InputFolder;
            bool isThere = input.Name == RunTask.Image ? _image is not null
                : work.Mount && await mounts.TryMountAsync(dataset, at, path, ct);
            if (!isThere)
            {
                await StageAsync(dataset, at, path, input.Name is null ? work.Files : [], ct);
            }
        }

        Directory.CreateDirectory(InputFolder);
        Directory.CreateDirectory(FurtherFolder);
    }

    /// <summary>Refuses an input that would fill the disk of others, before the first byte of it.</summary>
    private async Task RequireRoomAsync(AttemptInfo work, RunInput input, string at, CancellationToken ct)
    {
        if (keepFree == 0 || work.Mount || work.Files.Count > 0 || input.Name == RunTask.Image)
        {
            return;
        }

        RequireRoom((await server.GetSnapshotAsync(input.Dataset, at, ct)).Bytes);
    }

    private void RequireRoom(long bytes)
    {
        if (keepFree > 0 && new DriveInfo(folder).AvailableFreeSpace - keepFree < bytes)
        {
            throw new DiskFullException(folder);
        }
    }

    private async Task StageAsync(DatasetInfo dataset, string at, string path, IReadOnlyList<string> files, CancellationToken ct)
    {
        CloneOutcome outcome = await new CloneEngine(server, NoProgress.Instance, time).RunAsync(
            dataset, at, path, new CloneOptions { IsPlain = true, Include = [.. files] }, ct);
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

    /// <summary>
    /// Makes the folder for the results. It has the files of an earlier attempt that failed, so that a program can resume.
    /// </summary>
    private async Task<Workspace> OpenOutputAsync(AttemptInfo work, CancellationToken ct)
    {
        DatasetInfo dataset = await server.GetDatasetAsync(work.Output, ct);
        if (dataset.Snapshots > 0)
        {
            await new CloneEngine(server, NoProgress.Instance, time).RunAsync(dataset, null, _workFolder.Output, new CloneOptions(), ct);
            return Workspace.TryOpen(_workFolder.Output, time)!;
        }

        Directory.CreateDirectory(_workFolder.Output);
        return Workspace.Create(_workFolder.Output, WorkspaceConfig.For(server, dataset), time);
    }

    private async Task DeliverAsync(AttemptInfo work, Workspace output, CommandOutcome outcome, CancellationToken ct)
    {
        if (_workFolder.HasMoreThan(work.Limits.OutputFiles))
        {
            await FinishAsync(
                CommandOutcome.Failed(
                    $"The command left more than {work.Limits.OutputFiles} files and folders, the most of this program. {outcome.Message}"),
                ct);
            return;
        }

        if (outcome.Failure is AttemptFailure.NoSpace or AttemptFailure.DiskLimit)
        {
            // What there was no room for would take the room of others at the server, too.
            await FinishAsync(outcome, ct);
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
                CommandOutcome.Failed(
                    $"{outcome.Message.TrimEnd('.')}. Its results could not be sent: {e.Message}", KindOf(e)),
                ct);
        }
    }

    private static AttemptFailure KindOf(Exception e) => e is IOException io && (e is DiskFullException || FullDisk.IsCauseOf(io))
        ? AttemptFailure.NoSpace
        : AttemptFailure.Transfer;

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
