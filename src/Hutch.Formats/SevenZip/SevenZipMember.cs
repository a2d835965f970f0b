namespace Hutch.Formats.SevenZip;

/// <summary>A file in a 7z archive.</summary>
/// <param name="Path">Its name in the archive, with slashes. It may be anything: an archive is foreign data.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Offset">The place of its bytes in the archive, if they are stored there uncompressed; null otherwise.</param>
public readonly record struct SevenZipMember(string Path, long Size, long? Offset);
