using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Model.Ignoring;

namespace Hutch.Client.Fetch;

/// <summary>Makes placeholders of files whose very bytes the server has now, but never of <c>.hutchignore</c>, which scans need.</summary>
public sealed class DropEngine(HutchClient client, Workspace workspace, ITransferProgress progress)
{
    /// <summary>Above this many files, the server is asked for the whole list instead of for each.</summary>
    private const int MaxSingleQuestions = 32;

    /// <summary>Drops the files at, or below, these paths; all when there are none.</summary>
    public async Task<DropOutcome> RunAsync(IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        workspace.Lock();
        TrackedFile[] files =
        [
            .. PathSelection.Select(workspace, paths, cancellationToken)
                .Where(f => f.Item.Kind is LocalKind.File or LocalKind.Cached && !IgnoreList.IsOne(f.Item.Path)),
        ];
        foreach (TrackedFile cached in files.Where(f => f.Item.Kind == LocalKind.Cached))
        {
            cached.Hash = cached.Item.Hash;
        }

        await HashEngine.RunAloneAsync(workspace, files, progress, cancellationToken);
        IReadOnlyDictionary<string, BlobHash> onServer = await RequestAsync(files, cancellationToken);

        var retained = new List<string>();
        long bytes = 0;
        int dropped = 0;
        using var writer = new WorkspaceWriter(workspace);
        foreach (TrackedFile file in files)
        {
            if (file.Hash is { } hash && onServer.TryGetValue(file.Item.Path, out BlobHash there) && there == hash
                && IsUntouched(writer, file.Item))
            {
                writer.PlaceLink(file.Item.LocalPath, ContentLink.PlaceholderTarget(file.Item.LocalPath, hash), modified: null);
                bytes += file.Before!.Size ?? 0;
                dropped++;
            }
            else
            {
                retained.Add(file.Item.LocalPath);
            }
        }

        workspace.SaveIndex();
        return new DropOutcome(dropped, bytes, retained);
    }

    private static bool IsUntouched(WorkspaceWriter writer, LocalItem item) =>
        writer.Status(item.LocalPath) is { } now && now.SameContents(item.Status);

    private async Task<IReadOnlyDictionary<string, BlobHash>> RequestAsync(TrackedFile[] files, CancellationToken cancellationToken)
    {
        var answer = new Dictionary<string, BlobHash>(StringComparer.Ordinal);
        if (workspace.BaseSnapshot is not { } snapshot)
        {
            return answer;
        }

        string at = snapshot.ToString(CultureInfo.InvariantCulture);
        TrackedFile[] candidates = [.. files.Where(f => f.Before?.Hash is not null && f.Before.Hash == f.Hash)];
        if (candidates.Length <= MaxSingleQuestions)
        {
            foreach (string path in candidates.Select(f => f.Item.Path))
            {
                if (await client.GetEntryHashAsync(workspace.Config.Dataset, at, path, cancellationToken) is { } hash)
                {
                    answer[path] = hash;
                }
            }

            return answer;
        }

        using FixedListing<EntryInfo> listing = await client.ListFilesAsync(workspace.Config.Dataset, at, ct: cancellationToken);
        await foreach (EntryInfo entry in listing.Lines.WithCancellation(cancellationToken))
        {
            if (entry.Hash is { } hash)
            {
                answer[entry.Path] = hash;
            }
        }

        return answer;
    }
}

/// <param name="Dropped">Files whose bytes were dropped.</param>
/// <param name="Kept">Files that stay, because the server does not have their bytes; push first.</param>
public sealed record DropOutcome(int Dropped, long Bytes, IReadOnlyList<string> Kept);
