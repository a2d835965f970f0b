using Hutch.Formats.Hdf5;
using Hutch.Model;

namespace Hutch.Formats.Ingest;

/// <summary>A kind of frame source: how to recognise and to open one.</summary>
/// <param name="Name">For messages, such as "an NXmx master (.h5)".</param>
/// <param name="Recognises">Whether a path is of this kind: by the first bytes, or by the name.</param>
/// <param name="OpenAsync">Opens it, or gives the reason why it cannot be read.</param>
internal sealed record FrameSourceKind(
    string Name,
    Func<SourceLocation, bool> Recognises,
    Func<SourceLocation, FrameSourceOptions, CancellationToken, Task<Result<IFrameSource>>> OpenAsync);

/// <summary>What a source may need to open a path.</summary>
public sealed record FrameSourceOptions
{
    /// <summary>How to start the process that reads foreign HDF5 files.</summary>
    public required ReaderCommand Hdf5Reader { get; init; }

    /// <summary>Bounds the waits for that process.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Folders, besides the file's own, that its links may lead to.</summary>
    public IReadOnlyList<string> AllowedFolders { get; init; } = [];
}
