namespace Hutch.Storage.Segments.Format;

/// <summary>What a tar member is for.</summary>
internal enum MemberRole
{
    /// <summary><c>hutch-segment.json</c>, the first member: which segment of which store this is.</summary>
    Identity,

    /// <summary><c>blobs/…</c>: a blob.</summary>
    Blob,

    /// <summary><c>extents/…</c>: an extent of a large blob.</summary>
    Extent,

    /// <summary><c>journal/…</c>: ends a group and holds its records.</summary>
    Journal,

    /// <summary><c>groups/…</c>: ends a group that has no records.</summary>
    GroupEnd,

    /// <summary><c>hutch-index</c>: the sorted index of a sealed segment.</summary>
    Index,

    /// <summary><c>hutch-footer</c>: the last member of a sealed segment.</summary>
    Footer,
}
