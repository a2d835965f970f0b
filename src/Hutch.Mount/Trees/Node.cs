namespace Hutch.Mount.Trees;

/// <summary>
/// A name that the kernel knows, with its content. A name with new content is a new node: an open file never changes under its reader, and
/// the pages that the kernel keeps of it stay right.
/// </summary>
internal sealed class Node(ulong id, Node? parent, string name, EntryFacts facts)
{
    internal ulong Id { get; } = id;

    internal Node? Parent { get; } = parent;

    internal string Name { get; } = name;

    internal EntryFacts Facts { get; } = facts;

    internal ulong Inode { get; } = parent is null ? Inodes.Top : Inodes.NumberOf(parent.Inode, Encoding.UTF8.GetBytes(name), facts.Hash);

    /// <summary>The path in the dataset; empty for the top.</summary>
    internal string Path => Parent is null ? "" : Parent.Parent is null ? Name : $"{Parent.Path}/{Name}";

    /// <summary>The lookups that the kernel has not forgotten; with the table's lock held.</summary>
    internal ulong Lookups { get; set; }
}
