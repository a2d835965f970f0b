namespace Hutch.Formats.Hdf5;

/// <summary>The limits of a reader process.</summary>
public sealed record Hdf5ReaderOptions
{
    /// <summary>Memory that the process may use, all of it together.</summary>
    public long MaxMemoryBytes { get; init; } = 2L << 30;

    /// <summary>How long opening a master may take. Many data files on a slow disk take their time.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long reading one frame or array may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes that an answer may have beside its message.</summary>
    public int MaxPayloadBytes { get; init; } = 1 << 30;

    /// <summary>Folders beside the master's own that its links may lead into.</summary>
    public IReadOnlyList<string> AllowedFolders { get; init; } = [];
}
