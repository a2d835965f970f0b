namespace Hutch.Storage;

/// <summary>What a member of a segment is. The numbers are on disk.</summary>
public enum MemberKind : byte
{
    /// <summary>A journal member: the records of one group.</summary>
    Journal = 1,

    /// <summary>A blob, named by its SHA-256.</summary>
    Blob = 2,

    /// <summary>An extent of a large blob, named by its upload and offset.</summary>
    Extent = 3,
}
