namespace Hutch.Site.Write.Blobs;

/// <param name="Files">Copied files of different content, without those that lasted already.</param>
/// <param name="Missing">Files whose bytes had ended before, or are damaged.</param>
public sealed record CopiedTotals(long Files, long Bytes, long Missing)
{
    public static CopiedTotals Nothing { get; } = new(0, 0, 0);

    /// <summary>A file was not there, or damaged.</summary>
    internal static CopiedTotals OneMissing { get; } = new(0, 0, 1);

    internal CopiedTotals Plus(CopiedTotals other) => new(Files + other.Files, Bytes + other.Bytes, Missing + other.Missing);
}
