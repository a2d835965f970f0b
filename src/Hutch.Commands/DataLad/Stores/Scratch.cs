namespace Hutch.Commands.DataLad.Stores;

/// <summary>A folder for copies of content on their way, and what there is room for in it.</summary>
internal sealed class Scratch(string folder, IDisk disk)
{
    private const long ReserveBytes = 64 << 20;

    /// <summary>Bytes that may be written now: others use the disk, too.</summary>
    public long FreeBytes => Math.Max(0, disk.Space(folder).FreeBytes - ReserveBytes);

    public string NewPath() => Path.Combine(folder, Guid.NewGuid().ToString("N"));

    /// <summary>Returns a message about content that does not fit into the folder; null if it fits.</summary>
    public string? CheckSpace(string key, long bytes) => bytes <= FreeBytes
        ? null
        : $"The content of {Display.Quote(key)} has {Display.Bytes(bytes)}, for which the temporary folder {Display.Quote(folder)} has "
            + "no room. Name a larger one in TMPDIR, and run this again.";
}
