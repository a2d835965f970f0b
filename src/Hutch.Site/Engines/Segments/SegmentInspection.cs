using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>Inspects the segments of a data folder that no process has open, without reading their members.</summary>
public static class SegmentInspection
{
    public static IReadOnlyList<string> FindLost(IDisk disk, string dataFolder) =>
        SegmentFolder.FindLost(disk, SegmentEngine.FolderOf(dataFolder));

    /// <summary>Returns the missing parts of the present files, a line each.</summary>
    public static IReadOnlyList<string> FindIncomplete(IDisk disk, string dataFolder) =>
        SegmentFolder.FindIncomplete(disk, SegmentEngine.FolderOf(dataFolder));

    /// <summary>Returns the files without notes from an older format, whose losses before the upgrade are unknown.</summary>
    public static IReadOnlyList<string> FindUncertain(IDisk disk, string dataFolder) =>
        SegmentFolder.FindUncertain(disk, SegmentEngine.FolderOf(dataFolder));

    /// <summary>Returns the files that do not begin like a segment.</summary>
    public static IReadOnlyList<string> FindUnreadable(IDisk disk, string dataFolder) =>
        SegmentFolder.FindUnreadable(disk, SegmentEngine.FolderOf(dataFolder));
}
