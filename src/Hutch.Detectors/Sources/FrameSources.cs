using Hutch.Detectors.Ingest;

namespace Hutch.Detectors.Sources;

public static class FrameSources
{
    /// <summary>In the order in which they are asked. A new kind is one more here.</summary>
    internal static IReadOnlyList<FrameSourceKind> All { get; } = [NxMxSource.Kind, CbfSource.Kind];

    /// <summary>Opens a path as the first kind that recognises it.</summary>
    public static async Task<Result<IFrameSource>> OpenAsync(string path, FrameSourceOptions options, CancellationToken cancellationToken)
    {
        if (RefuseSpecial(path) is { } refusal)
        {
            return refusal;
        }

        if (options.IdleTimeout is { } timeout)
        {
            if (!OperatingSystem.IsLinux())
            {
                return Hdf5ReaderProcess.LinuxOnly;
            }

            return await GrowingNxMxSource.OpenAsync(path, timeout, options, cancellationToken);
        }

        return (await OpenFileAsync(path, options, cancellationToken)).Then(static file => Result<IFrameSource>.Ok(file));
    }

    /// <summary>Opens a path whose frames are all there, as the first kind that recognises it.</summary>
    public static async Task<Result<IFrameFile>> OpenFileAsync(string path, FrameSourceOptions options, CancellationToken cancellationToken)
    {
        if (!Path.Exists(path))
        {
            return ErrorCode.NotFound.With($"The file {path} does not exist.", "file", path);
        }

        if (RefuseSpecial(path) is { } refusal)
        {
            return refusal;
        }

        SourceLocation location = await SourceLocation.ResolveAsync(path, cancellationToken);
        if (All.FirstOrDefault(kind => kind.Recognises(location)) is { } found)
        {
            return await found.OpenAsync(location, options, cancellationToken);
        }

        string known = string.Join(" or ", All.Select(static kind => kind.Name));
        return ErrorCode.UnreadableFile.With($"{location.Name} has no frames that Hutch can read; it takes {known}.", "file", path);
    }

    /// <summary>To open a pipe would wait for a program that writes into it.</summary>
    private static HutchError? RefuseSpecial(string path) => SmallFile.Status(path) is { Type: FileType.Special }
        ? ErrorCode.UnreadableFile.With($"{path} is a pipe, a socket or a device. Name a file, or a folder with files.", "file", path)
        : null;
}
