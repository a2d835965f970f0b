using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>A look at the segments of a data folder from outside: nothing is opened for writing, nothing is changed.</summary>
public static class SegmentFolder
{
    private const int HeaderBytes = 512;

    // ustar, at this place of the first header of every tar file.
    private const int MagicOffset = 257;

    /// <summary>Segment files that the folder should have and has not.</summary>
    public static IReadOnlyList<string> FindLost(IDisk disk, string folder)
    {
        HashSet<string> present = [.. disk.ListFiles(folder)];
        return [.. SegmentManifest.Read(disk, folder).Lines.Keys.Where(name => !present.Contains(name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Lists segments that are shorter than their seals say, a line each.</summary>
    public static IReadOnlyList<string> FindIncomplete(IDisk disk, string folder)
    {
        (Dictionary<string, ManifestLine> lines, bool isDamaged) = SegmentManifest.Read(disk, folder);
        var found = new List<string>();
        if (isDamaged)
        {
            found.Add($"{SegmentManifest.FileName} is damaged, so that a missing segment may go unnoticed");
        }

        foreach ((string name, ManifestLine line) in lines.OrderBy(static line => line.Key, StringComparer.Ordinal))
        {
            string path = Path.Combine(folder, name);
            if (line.Seal is { } seal && disk.FileExists(path) && BeginsLikeOne(disk, path)
                && Difference(disk, path, line.Word, seal) is { } what)
            {
                found.Add($"{name}: {what}");
            }
        }

        return found;
    }

    /// <summary>
    /// Lists sealed segments without a recorded seal, because a program of an older format sealed them: earlier losses cannot be detected.
    /// </summary>
    public static IReadOnlyList<string> FindUncertain(IDisk disk, string folder)
    {
        Dictionary<string, ManifestLine> lines = SegmentManifest.Read(disk, folder).Lines;
        return
        [
            .. disk.ListFiles(folder).Where(static name => SegmentName.TryParse(name, out _, out _)).Order(StringComparer.Ordinal)
                .Where(name => lines.GetValueOrDefault(name) is { Word: SealStatus.Found }
                    || (lines.GetValueOrDefault(name).Seal is null && ReadSeal(disk, Path.Combine(folder, name)) is not null)),
        ];
    }

    private static string? Difference(IDisk disk, string path, SealStatus word, SegmentSeal seal)
    {
        SegmentSeal? found = ReadSeal(disk, path);
        return word == SealStatus.Damaged ? "members were lost by damage"
            : found is null ? "it does not end as it was sealed"
            : seal.Differs(found.Value);
    }

    private static SegmentSeal? ReadSeal(IDisk disk, string path)
    {
        string name = Path.GetFileName(path);
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        return SegmentName.TryParse(name, out long number, out Lane lane)
            && SegmentRecovery.TryReadFooter(file, number, lane, out SegmentFooter footer)
            ? SegmentSeal.From(name, footer, file.Length)
            : null;
    }

    /// <summary>Segment files that do not even begin like one.</summary>
    public static IReadOnlyList<string> FindUnreadable(IDisk disk, string folder)
    {
        return [.. disk.ListFiles(folder).Where(static name => SegmentName.TryParse(name, out _, out _))
            .Where(name => !BeginsLikeOne(disk, Path.Combine(folder, name)))];
    }

    /// <summary>Returns true if a file of this name is a segment.</summary>
    public static bool IsSegment(string name) => SegmentName.TryParse(name, out _, out _);

    /// <summary>Returns true if a file of this name becomes a segment.</summary>
    public static bool IsUnfinished(string name) => SegmentName.IsTemporary(name) && IsSegment(SegmentName.FinalOf(name));

    /// <summary>Returns the number of a segment by the name of its file; 0 for another file.</summary>
    public static long NumberOf(string name) => SegmentName.TryParse(name, out long number, out _) ? number : 0;

    /// <summary>Returns the offset of the index that ends a sealed segment; null if the file is not sealed.</summary>
    public static long? FindIndex(IDiskFile file, string name)
    {
        return SegmentName.TryParse(name, out long number, out Lane lane)
            && SegmentRecovery.TryReadFooter(file, number, lane, out SegmentFooter footer)
                ? footer.IndexOffset
                : null;
    }

    /// <summary>Writes the list of a new folder, so that those that turn out to be missing are reported.</summary>
    public static void Begin(IDisk disk, string folder, IEnumerable<string> names)
    {
        var manifest = new SegmentManifest(disk, folder);
        foreach (string name in names)
        {
            manifest.Set(name, default);
        }

        manifest.Save();
    }

    private static bool BeginsLikeOne(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        Span<byte> header = stackalloc byte[HeaderBytes];
        return file.ReadFully(header, 0) == HeaderBytes && header[MagicOffset..].StartsWith("ustar"u8);
    }
}
