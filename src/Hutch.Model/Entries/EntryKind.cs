namespace Hutch.Model;

/// <summary>What a path of a dataset holds.</summary>
public enum EntryKind
{
    /// <summary>A file: bytes named by their hash.</summary>
    File,

    /// <summary>A symbolic link: a target text, never followed by the server.</summary>
    SymbolicLink,

    /// <summary>A directory that holds nothing; other directories exist through what they hold.</summary>
    EmptyDirectory,
}
