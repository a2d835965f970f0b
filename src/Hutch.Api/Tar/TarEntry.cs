namespace Hutch.Api.Tar;

/// <summary>A member to write.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Size">Bytes that follow.</param>
internal sealed record TarEntry(string Name, long Size)
{
    /// <summary>'0' a file, '2' a symbolic link, '5' a directory.</summary>
    public char Type { get; init; } = '0';

    /// <summary>Of a link: where it points.</summary>
    public string? Target { get; init; }

    /// <summary>Whether its owner may execute it.</summary>
    public bool Executable { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long ModifiedSeconds { get; init; }
}
