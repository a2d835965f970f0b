using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Disk;

/// <summary>
/// The format of a data folder: the first line of its file <c>VERSION</c>. The file is also the lock of the folder; the next block
/// describes the holder (see <see cref="DataFolderLock"/>).
/// </summary>
/// <param name="Format">The format of the folder, counted from 1.</param>
/// <param name="MinReader">The oldest program format that can read it.</param>
/// <param name="Incarnation">The incarnation of the folder; null in formats that did not record it here.</param>
/// <remarks>
/// The line is padded to one block of the disk and written in place, as the file must stay the same for the lock: a disk writes a block
/// wholly or not at all.
/// </remarks>
public sealed partial record DataVersion(
    [property: JsonPropertyName("format")] int Format,
    [property: JsonPropertyName("min_reader")] int MinReader,
    [property: JsonPropertyName("incarnation")] Incarnation? Incarnation = null)
{
    public const string FileName = "VERSION";

    /// <summary>The offset of expendable data, which belong to the holder of the folder.</summary>
    public const int RestOffset = 2 * BlockBytes;

    /// <summary>A block of the disk, bytes: the first has the version, the second the holder.</summary>
    internal const int BlockBytes = 512;

    /// <summary>Reads the version of a folder; null when it has none yet. A damaged file is an <see cref="IOException"/>.</summary>
    public static DataVersion? Read(IDisk disk, string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!disk.FileExists(path))
        {
            return null;
        }

        // A file without a version is one that was locked and never written.
        string line = ReadBlock(disk, path, 0);
        return line.Length == 0 ? null : Parse(line, path);
    }

    /// <summary>Begins the first life of a folder that has no version yet.</summary>
    public static DataVersion Begin(IDisk disk, string folder, int format, Func<Guid> newId)
    {
        var version = new DataVersion(format, format, new Incarnation(newId().ToString("N")));
        version.Write(disk, folder);
        return version;
    }

    /// <summary>Writes the version of a folder. Durable on return.</summary>
    public void Write(IDisk disk, string folder)
    {
        string path = Path.Combine(folder, FileName);
        WriteBlock(disk, path, 0, CheckedLine.Seal(JsonSerializer.Serialize(this, Json.Default.DataVersion)));
        disk.SyncFolder(folder);
    }

    /// <summary>
    /// Decides whether a program that writes <paramref name="programFormat"/> may open the folder. Throws <see cref="IOException"/> with
    /// words for a person when the folder is too new; returns true when it is older and must be upgraded (after a backup), false when it is
    /// ready.
    /// </summary>
    public bool NeedsUpgrade(int programFormat, string folder)
    {
        if (MinReader > programFormat)
        {
            throw new IOException(
                $"The data folder '{folder}' has format {Format} and needs a version that reads format {MinReader} or newer; "
                + $"this one knows {programFormat}. Install the newer version. Nothing was changed.");
        }

        return Format < programFormat;
    }

    /// <summary>Ends pending sessions of the previous incarnation: logins and pushes that were open when the backup was made.</summary>
    /// <returns>The version without pending sessions.</returns>
    public async Task<DataVersion> VoidAsync(IDisk disk, string folder, Func<CancellationToken, Task> endSessions, CancellationToken ct)
    {
        if (Incarnation is not { MustVoid: true } restored)
        {
            return this;
        }

        await endSessions(ct);
        DataVersion begun = this with { Incarnation = restored with { MustVoid = false } };
        begun.Write(disk, folder);
        return begun;
    }

    /// <summary>The text of a block, up to its line feed; empty when there is none.</summary>
    internal static string ReadBlock(IDisk disk, string path, int block)
    {
        var bytes = new byte[BlockBytes];
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        int read = file.ReadFully(bytes, block * BlockBytes);
        int end = bytes.AsSpan(0, read).IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(bytes, 0, end < 0 ? read : end).Trim(' ', '\0');
    }

    /// <summary>
    /// Writes a line into a block, padded with spaces; what does not fit is left out. Durable on return, if the file was there.
    /// </summary>
    internal static void WriteBlock(IDisk disk, string path, int block, string line)
    {
        var bytes = new byte[BlockBytes];
        bytes.AsSpan().Fill((byte)' ');
        Encoding.UTF8.TryGetBytes(line, bytes.AsSpan(0, BlockBytes - 1), out _);
        bytes[^1] = (byte)'\n';
        using IDiskFile file = disk.Open(path, disk.FileExists(path) ? DiskAccess.ReadWrite : DiskAccess.CreateNew);
        file.Write(bytes, block * BlockBytes);
        file.Sync();
    }

    private static DataVersion Parse(string line, string path)
    {
        try
        {
            if (CheckedLine.IsWhole(Encoding.UTF8.GetBytes(line))
                && JsonSerializer.Deserialize(line, Json.Default.DataVersion) is { Format: >= 1, MinReader: >= 1 } version
                && version.MinReader <= version.Format
                && version.Incarnation is null or { Id.Length: 32 })
            {
                return version;
            }
        }
        catch (JsonException e)
        {
            throw new IOException(Damaged(path), e);
        }

        throw new IOException(Damaged(path));
    }

    private static string Damaged(string path) =>
        $"'{path}' is damaged: "
        + $"its first line should look like {{\"format\":2,\"min_reader\":2,\"incarnation\":{{\"id\":\"32 hexadecimal digits\"}}}}. "
        + "Restore the file from a backup, or write that line by hand if you know the format.";

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonSerializable(typeof(DataVersion))]
    internal sealed partial class Json : JsonSerializerContext;
}
