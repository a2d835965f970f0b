namespace Hutch.Model;

/// <summary>The letters under the key <c>k</c> in the lines of a page.</summary>
internal static class PageItemKind
{
    public const byte File = (byte)'f';

    public const byte Link = (byte)'l';

    public const byte EmptyDirectory = (byte)'e';

    /// <summary>A directory that is not empty: a tree of pages of its own.</summary>
    public const byte Directory = (byte)'d';

    /// <summary>In an index page: a page of the level below. Its key is the last key of that page.</summary>
    public const byte ChildPage = (byte)'p';
}
