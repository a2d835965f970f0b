using Hutch.Client.Transfers;

namespace Hutch.Client.Workspaces;

/// <summary>Finds the hashes of files that the index does not know, several at a time.</summary>
internal static class HashEngine
{
    private const int MaxReads = 3;

    /// <summary>Hashes every file among these that has no hash yet. One that never holds still is marked unstable.</summary>
    internal static Task RunAsync(
        Workspace workspace, IEnumerable<TrackedFile> files, ITransferProgress progress, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(files.Where(f => f.IsUnread), cancellationToken, (file, ct) =>
        {
            using var reader = new StableReader(workspace.Root);
            HashOne(workspace, reader, file, progress, ct);
            return ValueTask.CompletedTask;
        });

    internal static Task RunAloneAsync(
        Workspace workspace, IReadOnlyCollection<TrackedFile> files, ITransferProgress progress, CancellationToken cancellationToken)
    {
        if (files.Any(f => f.IsUnread))
        {
            progress.Start("Reading", files.Count(f => f.IsUnread), files.Where(f => f.IsUnread).Sum(f => f.Item.Status.Size));
        }

        return RunAsync(workspace, files, progress, cancellationToken);
    }

    private static void HashOne(
        Workspace workspace, StableReader reader, TrackedFile file, ITransferProgress progress, CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= MaxReads; attempt++)
        {
            ReadOutcome outcome = reader.Hash(file.Item, progress, out BlobHash hash, out FileStatus status, cancellationToken);
            if (outcome == ReadOutcome.Whole)
            {
                file.Hash = hash;
                file.Item = file.Item with { Status = status };
                workspace.Index.Set(file.Item.Path, status, hash);
                progress.Add(1, 0);
                return;
            }

            if (outcome == ReadOutcome.Gone)
            {
                file.Gone = true;
                return;
            }

            if (outcome == ReadOutcome.InUse)
            {
                file.InUse = true;
                break;
            }
        }

        file.Unstable = true;
    }
}
