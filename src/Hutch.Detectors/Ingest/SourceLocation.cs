using Microsoft.Win32.SafeHandles;

namespace Hutch.Detectors.Ingest;

/// <summary>The path that a user gave as a source of frames, and the beginning of the file.</summary>
/// <param name="Start">The first bytes of the file; none if it is a folder or cannot be read.</param>
internal sealed record SourceLocation(string Path, ReadOnlyMemory<byte> Start)
{
    private const int StartBytes = 64;

    /// <summary>The last part of the path, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path));

    public bool IsFolder => Directory.Exists(Path);

    /// <summary>Reads the first bytes.</summary>
    public static async Task<SourceLocation> ResolveAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return new SourceLocation(path, default);
        }

        try
        {
            var start = new byte[StartBytes];
            using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.Asynchronous);
            int length = await RandomAccess.ReadAsync(file, start, 0, cancellationToken);
            return new SourceLocation(path, start.AsMemory(0, length));
        }
        catch (UnauthorizedAccessException)
        {
            return new SourceLocation(path, default); // the source that opens it by its name gives the better message
        }
    }

    public bool StartsWith(ReadOnlySpan<byte> signature) => Start.Span.StartsWith(signature);

    /// <summary>Returns true if the name has one of these extensions, in any case.</summary>
    public bool HasExtension(params ReadOnlySpan<string> extensions)
    {
        foreach (string extension in extensions)
        {
            if (Path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
