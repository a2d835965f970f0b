using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Site.Write.Blobs;

/// <summary>The sites that hold bytes which this site, as the home, has given up.</summary>
public interface IHeldBlobs
{
    /// <summary>A blob that a holder gives, compared with its hash, when it is read.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="eviction">Who holds it.</param>
    /// <param name="page">A page of the dataset that names the blob.</param>
    /// <param name="blob">The blob.</param>
    IForeignBlob Find(DatasetId dataset, Eviction eviction, BlobHash page, NamedBlob blob);
}
