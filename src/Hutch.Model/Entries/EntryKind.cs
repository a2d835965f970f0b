namespace Hutch.Model;

public enum EntryKind
{
    /// <summary>A file: bytes named by their hash.</summary>
    File,

    /// <summary>A symbolic link: a target text, which the server never follows.</summary>
    SymbolicLink,

    /// <summary>An empty directory. Other directories exist through their entries.</summary>
    EmptyDirectory,
}
