using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Fetch;

/// <param name="connect">Finds the server to read from; not used if nothing is to be downloaded.</param>
public sealed class GetEngine(Func<CancellationToken, Task<HutchClient>> connect, Workspace workspace, ITransferProgress progress)
{
    /// <summary>Gets the files at, or below, these paths; all without paths.</summary>
    public async Task<GetOutcome> RunAsync(IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        workspace.Lock();
        if (workspace.BaseSnapshot is not { } snapshot)
        {
            return new GetOutcome(0, 0, []);
        }

        TrackedFile[] wanted =
        [
            .. PathSelection.Select(workspace, paths, cancellationToken).Where(f => f.Item.Kind == LocalKind.Placeholder),
        ];
        LocalTree.FindOrigins(workspace.Base, wanted);
        DownloadItem[] items = [.. wanted.Where(f => !f.IsMoved || f.Origin is not null).Select(ItemOf)];
        if (items.Length == 0)
        {
            workspace.SaveIndex();
            return new GetOutcome(0, 0, []);
        }

        HutchClient client = await connect(cancellationToken);
        progress.Start("Downloading", items.Length, items.Sum(i => i.Entry.Size ?? 0));
        using BlobCache? cache = BlobCache.OpenOf(workspace);
        var downloader = new Downloader(client, workspace, snapshot.ToString(CultureInfo.InvariantCulture), cache, progress);
        try
        {
            await downloader.RunAsync(items.ToAsyncEnumerable(), cancellationToken);
        }
        finally
        {
            workspace.SaveIndex();
        }

        HashSet<string> missing = [.. downloader.Missing];
        DownloadItem[] came = [.. items.Where(i => !missing.Contains(i.Entry.Path))];
        return new GetOutcome(came.Length, came.Sum(i => i.Entry.Size ?? 0), downloader.Missing) { MadeRoom = downloader.ExpiredEarly };
    }

    // A placeholder may have been moved: its hash identifies the bytes, the base their path on the server.
    private static DownloadItem ItemOf(TrackedFile file)
    {
        EntryInfo there = file.IsMoved ? file.Origin! : file.Before!;
        return new DownloadItem(there with { Path = file.Item.LocalPath }, there.Path);
    }
}

/// <param name="Missing">Paths of files without an intact copy on the server: they stay placeholders.</param>
public sealed record GetOutcome(long Files, long Bytes, IReadOnlyList<string> Missing)
{
    /// <summary>Those of them that were temporary and made room for newer data.</summary>
    public IReadOnlyList<string> MadeRoom { get; init; } = [];
}
