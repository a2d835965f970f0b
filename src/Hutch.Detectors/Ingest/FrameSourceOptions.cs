namespace Hutch.Detectors.Ingest;

public sealed record FrameSourceOptions
{
    /// <summary>The command of the process that reads foreign HDF5 files.</summary>
    public required ReaderCommand Hdf5Reader { get; init; }

    /// <summary>Bounds the waits for that process.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Folders, besides the file's own, that its links may lead to.</summary>
    public IReadOnlyList<string> AllowedFolders { get; init; } = [];

    /// <summary>
    /// For a file that is still being written: how long its next frame may take before it is taken as it is. Null for a file that is
    /// complete.
    /// </summary>
    public TimeSpan? IdleTimeout { get; init; }
}
