using Hutch.Datasets.Publishing;
using Hutch.Model;
using Hutch.Model.Publications;
using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;
using Hutch.Zone.Dois;

namespace Hutch.Api.Publishing;

/// <summary>
/// Writes what the DOIs of publications say: the address of the page, and DataCite's metadata. What is withdrawn, or whose files are gone,
/// keeps its page and goes out of the indexes.
/// </summary>
/// <param name="reader">Reads what is published.</param>
/// <param name="portal">Where people reach the server; DOIs are given only where that is configured.</param>
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
