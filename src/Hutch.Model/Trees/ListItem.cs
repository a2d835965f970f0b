namespace Hutch.Model;

/// <summary>One line of a listing.</summary>
/// <param name="Path">The path of an entry, or a common prefix with its slash behind it.</param>
/// <param name="Entry">The entry; null for a common prefix.</param>
public readonly record struct ListItem(string Path, Entry? Entry)
{
    /// <summary>Whether this stands for everything below a directory.</summary>
    public bool IsCommonPrefix => Entry is null;
}
