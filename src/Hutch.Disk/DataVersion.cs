using System.Text;
using System.Text.Json;

namespace Hutch.Disk;

/// <summary>The file <c>VERSION</c> of a data folder: which format it has, and how old a program may be that reads it.</summary>
/// <param name="Format">The format of the folder, counted from 1.</param>
/// <param name="MinReader">The oldest program format that can read it.</param>
public readonly record struct DataVersion(int Format, int MinReader)
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "VERSION";

    private const int MaxFileBytes = 4096;

    /// <summary>Reads the version of a folder; null when it has none yet. A damaged file is an <see cref="IOException"/>.</summary>
    public static DataVersion? Read(IDisk disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        string path = Path.Combine(folder, FileName);
        return disk.FileExists(path) ? Parse(disk.ReadAllBytes(path, MaxFileBytes), path) : null;
    }

    /// <summary>Writes the version of a folder, durably and atomically.</summary>
    public void Write(IDisk disk, string folder)
    {
        byte[] text = Encoding.ASCII.GetBytes($"{{\"format\":{Format},\"min_reader\":{MinReader}}}\n");
        AtomicFile.Replace(disk, Path.Combine(folder, FileName), text);
    }

    /// <summary>
    /// Decides whether a program that writes <paramref name="programFormat"/> may open the folder. Throws <see cref="IOException"/> with words for a
    /// person when the folder is too new; returns true when it is older and must be upgraded (after a backup), false when it is ready.
    /// </summary>
    public bool NeedsUpgrade(int programFormat, string folder)
    {
        if (MinReader > programFormat)
        {
            throw new IOException(
                $"The data folder '{folder}' has format {Format} and needs a program that reads format {MinReader} or newer; this one knows "
                + $"{programFormat}. Install the newer version again: nothing was changed.");
        }

        return Format < programFormat;
    }

    private static DataVersion Parse(byte[] text, string path)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            int format = json.RootElement.GetProperty("format").GetInt32();
            int minReader = json.RootElement.GetProperty("min_reader").GetInt32();
            if (format >= 1 && minReader >= 1 && minReader <= format)
            {
                return new DataVersion(format, minReader);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new IOException(Damaged(path), e);
        }

        throw new IOException(Damaged(path));
    }

    private static string Damaged(string path) =>
        $"'{path}' is damaged: it should read like {{\"format\":1,\"min_reader\":1}}. Restore that line by hand if you know the format.";
}
