namespace Hutch.DataLad.Objects;

/// <summary>The kinds of git objects; the numbers are those of pack files (gitformat-pack).</summary>
internal enum ObjectKind
{
    Commit = 1,
    Tree = 2,
    Blob = 3,

    /// <summary>An annotated tag; only git makes them.</summary>
    Tag = 4,
}
