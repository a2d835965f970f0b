namespace Hutch.Datasets.Registry;

/// <summary>Reads the metadata document of a dataset and its history, after a check of the caller's rights.</summary>
public sealed class MetadataDocumentReader(Authorizer authorizer, HeadReader heads, MetadataDocuments documents)
{
    /// <summary>The newest document; null when none was set.</summary>
    public async Task<Result<SiteMetadata?>> GetAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await SeeAsync(caller, id, ct);
        return dataset.IsOk ? await documents.FindAsync(dataset.Value, ct) : dataset.Error;
    }

    public async Task<Result<Batch<SiteMetadata>>> HistoryAsync(Caller caller, DatasetId id, long before, int limit, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await SeeAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        IReadOnlyList<SiteMetadata> some = await documents.HistoryAsync(dataset.Value, before, limit, ct);
        return new Batch<SiteMetadata>(
            some, some.Count == limit && some[^1].Version > 1 ? some[^1].Version.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>Returns a dataset that is not gone, to a caller that may read its metadata.</summary>
    internal async ValueTask<Result<SiteDataset>> SeeAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.MetadataRead, ct);
        return access.IsOk ? (await heads.DatasetAsync(id, ct)).Then(DatasetState.RequireNotGone) : access.Error;
    }
}
