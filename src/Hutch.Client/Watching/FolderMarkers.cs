using Hutch.Client.Workspaces;
using Hutch.Model.Ignoring;

namespace Hutch.Client.Watching;

/// <summary>
/// Finds the files by which a program reports that a folder is finished: in the folder of a file, or in one above it. For one scan of a
/// folder, by one thread.
/// </summary>
internal sealed class FolderMarkers(FolderHandle root, IgnoreList pattern) : IDisposable
{
    private const int MaxRemembered = 4096;

    private readonly FolderChain _chain = new(root);
    private readonly Dictionary<string, long?> _markers = new(StringComparer.Ordinal);

    public void Dispose() => _chain.Dispose();

    /// <summary>Reads the option's pattern, which is one for names.</summary>
    /// <exception cref="HutchException">It is none.</exception>
    internal static IgnoreList Parse(string pattern) => !pattern.Contains('/') && !pattern.StartsWith('!') && pattern.Length > 0
        ? IgnoreList.ParseOptions([pattern])
        : throw ErrorCode.BadRequest.With(
            $"{Display.Quote(pattern)} is no pattern for the name of a marker: leave out folders and '!'.").ToException();

    /// <summary>The time of the newest marker for a file at a path on the disk; null when there is none.</summary>
    internal long? Find(string localPath)
    {
        long? newest = null;
        string folder = localPath;
        do
        {
            folder = FolderChain.Split(folder).Folder;
            newest = Later(newest, At(folder));
        }
        while (folder.Length > 0);

        return newest;
    }

    private long? At(string folder)
    {
        if (_markers.TryGetValue(folder, out long? known))
        {
            return known;
        }

        if (_markers.Count >= MaxRemembered)
        {
            _markers.Clear();
        }

        long? found = null;
        if (_chain.Find(folder) is { } open)
        {
            open.List((raw, type) =>
            {
                if (type is null or FileType.File && FolderHandle.Decode(raw) is { IsUtf8: true, Name: var name }
                    && pattern.Ignores(name, isFolder: false) == true && open.Status(name) is { Type: FileType.File } status)
                {
                    found = Later(found, status.ModifiedNanoseconds);
                }

                return true;
            });
        }

        _markers[folder] = found;
        return found;
    }

    private static long? Later(long? one, long? other) => one is null || other > one ? other : one;
}
