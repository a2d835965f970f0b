using Hutch.Catalog.Site;
using Hutch.Model.Records;
using Hutch.Storage;

namespace Hutch.Site.Write.Blobs;

/// <summary>Under which name the bytes of an extent are stored.</summary>
internal static class ExtentKeys
{
    /// <summary>The member of an extent of a blob that an upload made.</summary>
    public static MemberKey Of(Guid upload, Extent extent) => MemberKey.Extent(extent.Upload ?? upload, extent.Start ?? extent.Offset);

    /// <summary>The members that a large blob consists of.</summary>
    public static IEnumerable<MemberKey> Of(LargeBlob blob) => blob.Extents.Select(extent => Of(blob.Upload, extent));
}
