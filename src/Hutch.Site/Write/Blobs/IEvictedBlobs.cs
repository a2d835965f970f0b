namespace Hutch.Site.Write.Blobs;

/// <summary>The sites that hold bytes which this site, as the home, has evicted.</summary>
public interface IEvictedBlobs
{
    /// <summary>Returns a blob from its holder, which is compared with its hash when it is read.</summary>
    IExternalBlob Find(DatasetId dataset, Eviction eviction, BlobHash page, NamedBlob blob);
}
