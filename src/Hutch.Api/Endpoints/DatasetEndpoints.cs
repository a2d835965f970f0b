using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Api.Publishing;
using Hutch.Datasets;
using Hutch.Zone.Publishing;

namespace Hutch.Api.Endpoints;

/// <summary>Datasets: find, make, describe, close, trash.</summary>
internal sealed class DatasetEndpoints(
    DatasetService datasets, DatasetSearch search, DatasetEditService edits, LifecycleService lifecycle, SitePurgeService purges,
    WriteRouter writeRouter, CreationService creation, PublicationModule publications)
    : IEndpoints
{
    private const string Tag = "Datasets";

    public void Add(EndpointTable table)
    {
        AddFinding(table);
        AddChanging(table);
        AddEnding(table);
    }

    private void AddFinding(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Datasets.List, "Datasets that the caller may view: own, shared and public ones")
            .Query("owner", "Only datasets of this user or group")
            .Query("state", "Only datasets that are `open`, `closed`, in the `trash` or `gone`; default: open and closed")
            .Query("kind", "Only `original`, `derived` or `following` datasets")
            .Query("q", "Only datasets with these words in name or title, or in type and metadata; `type:NAME`; `energy > 12 keV`")
            .Query("shared", "Only datasets that others shared with the caller", "boolean")
            .Query("order", "`name` (the default) or `newest`, the newest first")
            .Paged()
            .GivesPage(request => datasets.ListAsync(request.Caller, Filter(request), request.Aborted), DatasetDocuments.From);
        table.Add(Tag, RestCalls.Datasets.Create, "Create a dataset; with parents, derive it")
            .Gives(CreateAsync, DatasetDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Datasets.Resolve, "Find a dataset by its name")
            .Query("name", "Id, `owner/slug`, or a slug: the caller's own, else the only one shared with it for writing, else for less")
            .Gives(ResolveAsync, DatasetDocuments.From);
        table.Add(
            Tag, RestCalls.Datasets.Search,
            "Search name, title, type, metadata, attributes, files and people; everything without `q`")
            .Query("q", "Beginnings of words, and any part of names and titles, ignoring case and accents; `type:NAME`; `energy > 12 keV`")
            .Query("sort", "`name`, `created` or an attribute; with `-` before it the greatest first. Default: the newest first")
            .Paged()
            .Gives(SearchAsync);
        table.Add(Tag, RestCalls.Datasets.CountFacets, "Filter values and their counts among the datasets that a search finds")
            .Query("q", "As of the search")
            .Gives(request => search.CountAsync(request.Caller, request.Query("q") ?? "", request.Aborted), FacetDocuments.From);
        table.Add(Tag, RestCalls.Datasets.Find, "One dataset")
            .Gives(request => GetAsync(request, request.Dataset), DatasetDocuments.From);
    }

    private async Task<Result<SearchResults>> SearchAsync(ApiRequest request)
    {
        if (!(await search.FindAsync(
            request.Caller, request.Query("q") ?? "", request.Query("sort"), request.Query("cursor"), request.Limit, request.Aborted))
            .TryGet(out FoundDatasets? found, out HutchError? refusal))
        {
            return refusal;
        }

        var works = new List<FoundPublication>();
        foreach (PublicationStatus one in found.Publications)
        {
            ReadPublication read = await publications.Reader.ReadWithoutFilesAsync(one, request.Aborted);
            works.Add(PublicationDocuments.From(new WorkBuilder(
                read, path => PortalAddress.For(request, path), request.Api.Options.Time.GetUtcNow()).Build()));
        }

        return new SearchResults
        {
            Items = [.. found.Datasets.Select(DatasetDocuments.From)],
            Publications = works.Count > 0 ? works : null,
            Next = found.Next,
            Notes = found.Notes.Count > 0 ? found.Notes : null,
        };
    }

    private void AddChanging(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Datasets.Change, "Change slug, title, type or visibility; absent fields stay")
            .AnswersHereIf(IsOfZoneAsync)
            .Gives(
                async (request, patch) =>
                {
                    DatasetId id = request.Dataset;
                    Result<DatasetEdit> edit = DatasetDocuments.Read(patch);
                    return edit.IsOk
                        ? await edits.EditAsync(request.Caller, id, edit.Value, request.Aborted)
                        : edit.Error;
                },
                DatasetDocuments.From);
        table.Add(Tag, RestCalls.Datasets.Close, "Close the dataset: it becomes read-only for good")
            .Gives(
                async (request, close) => await lifecycle.CloseAsync(request.Caller, request.Dataset, close.Message, request.Aborted),
                DatasetDocuments.From);
    }

    private void AddEnding(EndpointTable table)
    {
        table.Add(
            Tag, RestCalls.Datasets.Keep,
            "Keep a temporary dataset: copy its bytes to permanent storage and remove its expiry. Answers when that is done")
            .Gives(
                request => lifecycle.KeepAsync(request.Caller, request.Dataset, request.Aborted),
                totals => new KeepInfo { Files = totals.Files, Bytes = totals.Bytes, Missing = totals.Missing });
        table.Add(Tag, RestCalls.Datasets.Trash, "Move the dataset to the trash")
            .AnswersHereIf(request => lifecycle.MayTrashCopyAsync(
                request.Caller, request.Dataset, request.Aborted))
            .Gives(request => lifecycle.TrashAsync(request.Caller, request.Dataset, request.Aborted), DatasetDocuments.From);
        table.Add(Tag, RestCalls.Datasets.Restore, "Restore the dataset from the trash")
            .AnswersHereIf(request => lifecycle.MayRestoreCopyAsync(
                request.Caller, request.Dataset, request.Aborted))
            .Gives(request => lifecycle.RestoreAsync(request.Caller, request.Dataset, request.Aborted), DatasetDocuments.From);
        table.Add(Tag, RestCalls.Datasets.Purge, "Delete the bytes of a dataset in the trash; the record stays")
            .Gives(
                async (request, purge) => await purges.PurgeAsync(
                    request.Caller, request.Dataset, purge.Reason, purge.Trash, request.Aborted),
                DatasetDocuments.From);
    }

    /// <summary>Names and visibility are changed at the zone whatever the home is, and title and type at the home.</summary>
    private async ValueTask<bool> IsOfZoneAsync(ApiRequest request) => writeRouter.IsZone
        && await request.PeekAsync(HutchJson.Default.PatchDataset, request.Aborted) is { Title: null, Type: null }
            or { Slug: not null } or { Visibility: not null };

    private async Task<Result<DatasetDescription>> CreateAsync(ApiRequest request)
    {
        Result<RequestedDataset> wanted = DatasetDocuments.Read(await request.ReadAsync(HutchJson.Default.CreateDataset, request.Aborted));
        Result<DatasetDescription> made = wanted.IsOk
            ? await creation.CreateAsync(request.Caller, wanted.Value, request.Aborted)
            : wanted.Error;
        if (made.IsOk)
        {
            request.Http.Response.Headers.Location = "/" + RestCalls.Datasets.Find.At(made.Value.Id).Path;
        }

        return made;
    }

    private static DatasetFilter Filter(ApiRequest request) => new()
    {
        Owner = request.Query("owner"),
        State = request.Query("state") is not { } state
            || state is DatasetStates.Open or DatasetStates.Closed or DatasetStates.Trash or DatasetStates.Gone
            ? request.Query("state")
            : throw ErrorCode.BadRequest.With($"'state' is {Display.Quote(state)}; use open, closed, trash or gone.").ToException(),
        Kind = request.Query("kind"),
        Text = request.Query("q"),
        OnlyShared = request.Flag("shared"),
        IncludePublic = !request.Flag("shared"),
        IsNewestFirst = (request.Query("order"), request.Query("state")) switch
        {
            (null or "name", _) => false,
            ("newest", DatasetStates.Trash or DatasetStates.Gone) => throw ErrorCode.BadRequest.With(
                "What is in the trash or gone is listed by name only: leave out 'order'.").ToException(),
            ("newest", _) => true,
            (var order, _) => throw ErrorCode.BadRequest.With($"'order' is {Display.Quote(order)}; use name or newest.").ToException(),
        },
        Cursor = request.Query("cursor"),
        Limit = request.Limit,
    };

    private async Task<Result<DatasetDescription>> ResolveAsync(ApiRequest request)
    {
        Result<DatasetId> found = await datasets.ResolveIdAsync(request.Caller, Name(request), request.Aborted);
        return !found.IsOk ? found.Error
            : await request.ReadFromAsync(found.Value, request.Aborted) is { } refusal ? refusal
            : await GetAsync(request, found.Value);
    }

    private async Task<Result<DatasetDescription>> GetAsync(ApiRequest request, DatasetId id)
    {
        if (!(await request.Reader.DescribeAsync(request.Caller, id, request.Aborted)).TryGet(
            out DatasetDescription? found, out HutchError? refusal))
        {
            return refusal;
        }

        bool isPublished = await publications.Publications.IsPublishedAsync(id, request.Aborted);
        return found with
        {
            Age = request.AgeSeconds,
            Publication = isPublished ? PortalAddress.For(request, $"{WorkBuilder.Root}/{id}") : null,
        };
    }

    private static string Name(ApiRequest request) =>
        request.Query("name") ?? throw ErrorCode.BadRequest.With("'name' is missing: give an id, owner/slug or slug.").ToException();
}
