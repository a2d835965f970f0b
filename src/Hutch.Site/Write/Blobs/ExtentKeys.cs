namespace Hutch.Site.Write.Blobs;

/// <summary>The names under which the bytes of extents are stored.</summary>
internal static class ExtentKeys
{
    public static MemberKey From(Guid upload, Extent extent) => MemberKey.Extent(extent.Upload ?? upload, extent.Start ?? extent.Offset);

    public static IEnumerable<MemberKey> From(LargeBlob blob) => blob.Extents.Select(extent => From(blob.Upload, extent));
}
