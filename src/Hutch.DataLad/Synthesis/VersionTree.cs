using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Synthesis;

/// <summary>A version as git has it: the tree at its top, and those of its directories, from which the next version is made.</summary>
/// <param name="Directories">The trees of its directories, by their paths with the slash behind.</param>
internal sealed record VersionTree(TreeRoot Root, ObjectId Id, IReadOnlyDictionary<string, ObjectId> Directories)
{
    private const int BytesPerDirectory = 160;

    /// <summary>About how much memory it takes.</summary>
    public long SizeBytes => BytesPerDirectory * (Directories.Count + 1L);
}
