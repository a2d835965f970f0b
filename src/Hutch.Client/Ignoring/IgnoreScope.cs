using Hutch.Model.Ignoring;

namespace Hutch.Client.Ignoring;

/// <summary>The list of a folder on top of those of the folders above it: the nearest that says something of a path decides.</summary>
/// <param name="PrefixLength">The length of the folder's path and the slash behind it.</param>
internal sealed record IgnoreScope(IgnoreScope? Above, IgnoreList List, int PrefixLength)
{
    internal bool? Ignores(ReadOnlySpan<char> path, bool isFolder) =>
        List.Ignores(path[PrefixLength..], isFolder) ?? Above?.Ignores(path, isFolder);
}
