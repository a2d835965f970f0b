namespace Hutch.Api.Zip;

/// <param name="Name">Its path; ends with a slash for a directory.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Mode">The Unix mode with its file type.</param>
/// <param name="ModifiedSeconds">Seconds since 1970.</param>
internal readonly record struct ZipEntry(string Name, long Size, uint Mode, long ModifiedSeconds)
{
    public const uint RegularFile = 0x8000; // 0100000

    public const uint File = RegularFile | 0x1A4; // 0100644

    /// <summary>Mode of a symbolic link, whose bytes are its target.</summary>
    public const uint Link = 0xA1FF; // 0120777

    public const uint Directory = 0x41ED; // 0040755

    /// <summary>True if sizes need 64 bits.</summary>
    public bool IsLarge => Size >= uint.MaxValue;

    public int NameBytes => Encoding.UTF8.GetByteCount(Name);
}
