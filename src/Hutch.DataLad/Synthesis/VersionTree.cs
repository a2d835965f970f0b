using Hutch.DataLad.Objects;
using Hutch.Model;

namespace Hutch.DataLad.Synthesis;

/// <summary>A version in git: the tree at its top, and those of its directories, from which the next version is made.</summary>
/// <param name="Id">Its tree.</param>
/// <param name="Directories">The trees of its directories, by their paths with a trailing slash.</param>
internal sealed record VersionTree(TreeRoot Root, ObjectId Id, IReadOnlyDictionary<string, ObjectId> Directories)
{
    private const int BytesPerDirectory = 160;

    /// <summary>The approximate memory use, bytes.</summary>
    public long SizeBytes => BytesPerDirectory * (Directories.Count + 1L);
}
