namespace Hutch.Site.Write.Blobs;

/// <summary>The data that was copied to a lane that lasts.</summary>
/// <param name="Files">Copied files of different content, without those that lasted already.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Missing">Files whose bytes had ended before, or are damaged.</param>
public sealed record CopiedTotals(long Files, long Bytes, long Missing)
{
    /// <summary>There was nothing to do.</summary>
    public static CopiedTotals Nothing { get; } = new(0, 0, 0);

    /// <summary>A file was not there, or damaged.</summary>
    internal static CopiedTotals OneMissing { get; } = new(0, 0, 1);

    internal CopiedTotals Plus(CopiedTotals other) => new(Files + other.Files, Bytes + other.Bytes, Missing + other.Missing);
}
