namespace Hutch.Model.Tar;

/// <param name="Size">The number of bytes that follow.</param>
public sealed record TarEntry(string Name, long Size)
{
    /// <summary>'0' a file, '2' a symbolic link, '5' a directory.</summary>
    public char Type { get; init; } = '0';

    public string? Target { get; init; }

    /// <summary>The name of its owner; ASCII, at most 32 bytes.</summary>
    public string? Owner { get; init; }

    /// <summary>The permission bits.</summary>
    public int Mode { get; init; } = 0x1A4; // 0644

    /// <summary>The modification time, in seconds since 1970.</summary>
    public long ModifiedSeconds { get; init; }
}
