namespace Hutch.Formats.Hdf5;

/// <summary>The limits of a reader process.</summary>
public sealed record Hdf5ReaderOptions
{
    /// <summary>Memory that the process may use, all of it together.</summary>
    public long MaxMemoryBytes { get; init; } = 2L << 30;

    /// <summary>The longest time to open a master. Many data files on a slow disk need minutes.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest time to read one frame or array.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes of an answer without its message.</summary>
    public int MaxPayloadBytes { get; init; } = 1 << 30;

    /// <summary>Folders, in addition to the master's own, that its links may lead into.</summary>
    public IReadOnlyList<string> AllowedFolders { get; init; } = [];
}
