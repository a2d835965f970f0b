namespace Hutch.Model.Tar;

/// <summary>A member to write.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Size">Bytes that follow.</param>
public sealed record TarEntry(string Name, long Size)
{
    /// <summary>'0' a file, '2' a symbolic link, '5' a directory.</summary>
    public char Type { get; init; } = '0';

    /// <summary>Of a link: where it points.</summary>
    public string? Target { get; init; }

    /// <summary>The name of its owner; ASCII, at most 32 bytes.</summary>
    public string? Owner { get; init; }

    /// <summary>Its permissions.</summary>
    public int Mode { get; init; } = 0x1A4; // 0644

    /// <summary>Seconds since 1970.</summary>
    public long ModifiedSeconds { get; init; }
}
