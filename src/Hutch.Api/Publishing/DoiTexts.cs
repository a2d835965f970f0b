using Hutch.Model.Publications;
using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;
using Hutch.Zone.Dois;

namespace Hutch.Api.Publishing;

/// <summary>
/// Writes the content of the DOIs of publications: the address of the page, and DataCite's metadata. A publication that is withdrawn or has
/// lost its files keeps its page and leaves the indexes.
/// </summary>
/// <param name="portal">The public address of the server; without one there are no DOIs.</param>
internal sealed class DoiTexts(PublicationReader reader, Uri? portal, TimeProvider time) : IDoiTexts
{
    public async Task<DoiText?> WriteAsync(DoiRecord doi, CancellationToken ct)
    {
        if (await ReadAsync(doi.Dataset, ct) is not { } found)
        {
            return null;
        }

        if (!doi.IsSeries)
        {
            return new DoiText(found.Work.Addresses.Page, DataCiteXml.Write(found.Work), found.IsListed);
        }

        DatasetId newest = found.Work.NewestShown.Dataset;
        (PublishedWork work, bool isListed) = newest == doi.Dataset ? found : await ReadAsync(newest, ct) ?? found;
        return new DoiText(work.Addresses.Series, DataCiteXml.WriteSeries(work, doi.Doi), isListed);
    }

    private async Task<(PublishedWork Work, bool IsListed)?> ReadAsync(DatasetId dataset, CancellationToken ct)
    {
        Result<ReadPublication> read = await reader.ReadWithoutFilesAsync(dataset, ct);
        if (!read.IsOk)
        {
            return read.Error.Code == ErrorCode.NotFound ? null : throw read.Error.ToException();
        }

        PublishedWork work = new WorkBuilder(
            read.Value, path => PortalUrl.For(portal!, path), time.GetUtcNow(), tellsPending: true).Build();
        return (work, !work.IsWithdrawn && work.Access.Kind != WorkAccessKind.MetadataOnly);
    }
}
