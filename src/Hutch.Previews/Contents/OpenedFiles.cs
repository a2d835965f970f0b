namespace Hutch.Previews.Contents;

/// <summary>Remembers which files were opened for an answer: with the same ones, it is the same.</summary>
internal sealed class OpenedFiles(IReadableFiles files) : IReadableFiles
{
    private readonly Dictionary<string, string?> _opened = new(StringComparer.Ordinal);

    /// <summary>The files and their versions; null for one that was not there.</summary>
    public IReadOnlyList<(string Path, string? Version)> All => [.. _opened.Select(static file => (file.Key, file.Value))];

    public async Task<Result<ReadableFile>> OpenAsync(string path, CancellationToken ct)
    {
        Result<ReadableFile> opened = await files.OpenAsync(path, ct);
        _opened[path] = opened.IsOk ? opened.Value.Version : null;
        return opened;
    }

    public static async Task<bool> AreSameAsync(
        IReadableFiles files, IReadOnlyList<(string Path, string? Version)> before, CancellationToken ct)
    {
        foreach ((string path, string? version) in before)
        {
            Result<ReadableFile> now = await files.OpenAsync(path, ct);
            if ((now.IsOk ? now.Value.Version : null) != version)
            {
                return false;
            }
        }

        return true;
    }
}
