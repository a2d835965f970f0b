using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>Inspects the segments of a data folder that no process has open, without reading their members.</summary>
public static class SegmentInspection
{
    /// <summary>The folder in the data folder about segments that are in a bucket.</summary>
    public const string BucketFolder = "bucket";

    /// <summary>The folder below it with the beginnings and indexes of segments that have no local file.</summary>
    public const string StubFolder = "stubs";

    /// <summary>The file in it that lists the objects.</summary>
    public const string BucketRecord = "objects.txt";

    public const string StubExtension = ".stub";

    /// <summary>Returns the files that are missing, and are not in a bucket either as far as the folder knows.</summary>
    public static IReadOnlyList<string> FindLost(IDisk disk, string dataFolder) =>
    [
        .. SegmentFolder.FindLost(disk, SegmentEngine.FolderOf(dataFolder))
            .Where(name => !disk.FileExists(Path.Combine(dataFolder, BucketFolder, StubFolder, name + StubExtension))),
    ];

    /// <summary>Returns the missing parts of the present files, a line each.</summary>
    public static IReadOnlyList<string> FindIncomplete(IDisk disk, string dataFolder) =>
        SegmentFolder.FindIncomplete(disk, SegmentEngine.FolderOf(dataFolder));

    /// <summary>Returns the files without notes from an older format, whose losses before the upgrade are unknown.</summary>
    public static IReadOnlyList<string> FindUncertain(IDisk disk, string dataFolder) =>
        SegmentFolder.FindUncertain(disk, SegmentEngine.FolderOf(dataFolder));

    /// <summary>Returns the files that do not begin like a segment.</summary>
    public static IReadOnlyList<string> FindUnreadable(IDisk disk, string dataFolder) =>
        SegmentFolder.FindUnreadable(disk, SegmentEngine.FolderOf(dataFolder));

    /// <summary>The folder of the segments.</summary>
    public static string FolderOf(string dataFolder) => SegmentEngine.FolderOf(dataFolder);

    /// <summary>Returns true if a file of this name is a segment.</summary>
    public static bool IsSegment(string name) => SegmentFolder.IsSegment(name);

    /// <summary>Returns true if a file of this name becomes a segment.</summary>
    public static bool IsUnfinishedSegment(string name) => SegmentFolder.IsUnfinished(name);

    /// <summary>Returns the number of a segment by the name of its file; 0 for another file.</summary>
    public static long NumberOf(string name) => SegmentFolder.NumberOf(name);

    /// <summary>Returns the offset of the index that ends a sealed segment; null if the file is not sealed.</summary>
    public static long? FindIndex(IDiskFile file, string name) => SegmentFolder.FindIndex(file, name);

    /// <summary>Writes the list of segments of a new folder, so that those that turn out to be missing are reported.</summary>
    public static void Begin(IDisk disk, string dataFolder, IEnumerable<string> names) =>
        SegmentFolder.Begin(disk, SegmentEngine.FolderOf(dataFolder), names);
}
