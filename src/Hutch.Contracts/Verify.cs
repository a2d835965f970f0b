namespace Hutch.Contracts;

/// <summary>Progress of a verification; the last line has <see cref="End"/> and <see cref="Ok"/>.</summary>
public sealed record VerifyLine
{
    /// <summary>True on the last line.</summary>
    public bool? End { get; init; }

    /// <summary>On the last line: true if every byte matches its hash.</summary>
    public bool? Ok { get; init; }

    /// <summary>Blobs read so far.</summary>
    public long Checked { get; init; }

    /// <summary>Blobs to read.</summary>
    public long Total { get; init; }

    /// <summary>Bytes read so far.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes to read.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Problems found since the last line: path or hash, and the reason.</summary>
    public IReadOnlyList<string>? Problems { get; init; }

    /// <summary>The reason if the stream ends early.</summary>
    public Problem? Problem { get; init; }
}
