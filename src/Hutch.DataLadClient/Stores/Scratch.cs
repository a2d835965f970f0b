namespace Hutch.DataLadClient.Stores;

/// <summary>A folder for copies of content on their way, and what there is room for in it.</summary>
/// <param name="folder">The folder.</param>
/// <param name="space">Returns the bytes that its disk has left for this user.</param>
internal sealed class Scratch(string folder, Func<long> space)
{
    /// <summary>Bytes that stay free on the disk.</summary>
    internal const long ReserveBytes = 64 << 20;

    /// <summary>Bytes that may be written now: others use the disk, too.</summary>
    public long FreeBytes => Math.Max(0, space() - ReserveBytes);

    public static Scratch In(string folder) => new(folder, () => new DriveInfo(folder).AvailableFreeSpace);

    public string NewPath() => Path.Combine(folder, Guid.NewGuid().ToString("N"));

    /// <summary>Returns a message about content that does not fit into the folder; null if it fits.</summary>
    public string? CheckSpace(string key, long bytes) => bytes <= FreeBytes
        ? null
        : $"The content of {Display.Quote(key)} has {Display.Bytes(bytes)}, for which the temporary folder {Display.Quote(folder)} has "
            + "no room. Name a larger one in TMPDIR, and run this again.";
}
