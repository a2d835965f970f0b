using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Api.Publishing;

namespace Hutch.Api.Endpoints;

/// <summary>Datasets: find, make, describe, close, trash.</summary>
internal sealed class DatasetEndpoints(
    DatasetService datasets, DatasetSearch search, DatasetEditService edits, LifecycleService lifecycle, SitePurgeService purges,
    WriteRouter writeRouter, CreationService creation, PublicationService publications)
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
        table.Add(Tag, "GET", "/datasets", "Datasets that the caller may view: own, shared and public ones", "view")
            .Query("owner", "Only datasets of this user or group")
            .Query("state", "Only datasets that are `open`, `closed`, in the `trash` or `gone`; default: open and closed")
            .Query("kind", "Only `original`, `derived` or `following` datasets")
            .Query("q", "Only datasets with these words in name or title, or in type and metadata; `type:NAME`; `energy > 12 keV`")
            .Query("shared", "Only datasets that others shared with the caller", "boolean")
            .Query("order", "`name` (the default) or `newest`, the newest first")
            .Paged()
            .GivesPage(
                HutchJson.Default.PageDatasetInfo,
                request => datasets.ListAsync(request.Caller, Filter(request), request.Aborted),
                DatasetDocuments.From);
        table.Add(Tag, "POST", "/datasets", "Create a dataset; with parents, derive it", "derive on each parent")
            .Takes(HutchJson.Default.CreateDataset)
            .Gives(HutchJson.Default.DatasetInfo, CreateAsync, DatasetDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, "GET", "/datasets/resolve", "Find a dataset by its name", "view")
            .Query("name", "Id, `owner/slug`, or a slug: the caller's own, else the only one shared with it for writing, else for less")
            .Gives(
                HutchJson.Default.DatasetInfo,
                ResolveAsync,
                DatasetDocuments.From);
        table.Add(Tag, "GET", "/search", "Search name, title, type, metadata, attributes, files and people; everything without `q`", "view")
            .Query("q", "Beginnings of words, and any part of names and titles, ignoring case and accents; `type:NAME`; `energy > 12 keV`")
            .Query("sort", "`name`, `created` or an attribute; with `-` before it the greatest first. Default: the newest first")
            .Paged()
            .GivesPage(
                HutchJson.Default.PageDatasetInfo,
                request => search.FindAsync(
                    request.Caller, request.Query("q") ?? "", request.Query("sort"), request.Query("cursor"), request.Limit,
                    request.Aborted),
                DatasetDocuments.From);
        table.Add(Tag, "GET", "/search/facets", "Filter values and their counts among the datasets that a search finds", "view")
            .Query("q", "As of the search")
            .Gives(
                HutchJson.Default.FacetsInfo,
                request => search.CountAsync(request.Caller, request.Query("q") ?? "", request.Aborted),
                FacetDocuments.From);
        table.Add(Tag, "GET", "/datasets/{id}", "One dataset", "view").Reads()
            .Gives(
                HutchJson.Default.DatasetInfo,
                request => GetAsync(request, request.Dataset),
                DatasetDocuments.From);
    }

    private void AddChanging(EndpointTable table)
    {
        table.Add(Tag, "PATCH", "/datasets/{id}", "Change slug, title, type or visibility; absent fields stay", "manage")
            .Writes(isFollowed: true, IsOfZoneAsync)
            .Takes(HutchJson.Default.PatchDataset)
            .Gives(
                HutchJson.Default.DatasetInfo,
                async request =>
                {
                    DatasetId id = request.Dataset;
                    PatchDataset patch = await request.ReadAsync(HutchJson.Default.PatchDataset, request.Aborted);
                    Result<DatasetEdit> edit = DatasetDocuments.Read(patch);
                    return edit.IsOk
                        ? await edits.EditAsync(request.Caller, id, edit.Value, request.Aborted)
                        : edit.Error;
                },
                DatasetDocuments.From);
        table.Add(Tag, "POST", "/datasets/{id}/close", "Close the dataset: it becomes read-only for good", "manage")
            .Writes(isFollowed: true)
            .Takes(HutchJson.Default.CloseDataset)
            .Gives(
                HutchJson.Default.DatasetInfo,
                async request =>
                {
                    DatasetId id = request.Dataset;
                    CloseDataset close = await request.ReadAsync(HutchJson.Default.CloseDataset, request.Aborted);
                    return await lifecycle.CloseAsync(request.Caller, id, close.Message, request.Aborted);
                },
                DatasetDocuments.From);
    }

    private void AddEnding(EndpointTable table)
    {
        table.Add(
            Tag, "POST", "/datasets/{id}/keep",
            "Keep a temporary dataset: copy its bytes to permanent storage and remove its expiry. Answers when that is done",
            "manage")
            .Writes(isFollowed: true)
            .Gives(
                HutchJson.Default.KeepInfo,
                request => lifecycle.KeepAsync(request.Caller, request.Dataset, request.Aborted),
                totals => new KeepInfo { Files = totals.Files, Bytes = totals.Bytes, Missing = totals.Missing });
        table.Add(Tag, "DELETE", "/datasets/{id}", "Move the dataset to the trash", "manage")
            .Writes(isFollowed: true, request => lifecycle.MayTrashCopyAsync(
                request.Caller, request.Dataset, request.Aborted))
            .Gives(
                HutchJson.Default.DatasetInfo,
                request => lifecycle.TrashAsync(request.Caller, request.Dataset, request.Aborted),
                DatasetDocuments.From);
        table.Add(Tag, "POST", "/datasets/{id}/restore", "Restore the dataset from the trash", "manage")
            .Writes(isFollowed: true, request => lifecycle.MayRestoreCopyAsync(
                request.Caller, request.Dataset, request.Aborted))
            .Gives(
                HutchJson.Default.DatasetInfo,
                request => lifecycle.RestoreAsync(request.Caller, request.Dataset, request.Aborted),
                DatasetDocuments.From);
        table.Add(
            Tag, "POST", "/datasets/{id}/purge", "Delete the bytes of a dataset in the trash; the record stays", "owner, or administrator")
            .Takes(HutchJson.Default.PurgeDataset)
            .Gives(
                HutchJson.Default.DatasetInfo,
                async request =>
                {
                    DatasetId id = request.Dataset;
                    PurgeDataset purge = await request.ReadAsync(HutchJson.Default.PurgeDataset, request.Aborted);
                    return await purges.PurgeAsync(request.Caller, id, purge.Reason, request.Aborted);
                },
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
            request.Http.Response.Headers.Location = $"{EndpointTable.Root}/datasets/{made.Value.Id}";
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

        bool isPublished = await publications.IsPublishedAsync(id, request.Aborted);
        return found with
        {
            Age = request.AgeSeconds,
            Publication = isPublished ? PortalAddress.For(request, $"{WorkBuilder.Root}/{id}") : null,
        };
    }

    private static string Name(ApiRequest request) =>
        request.Query("name") ?? throw ErrorCode.BadRequest.With("'name' is missing: give an id, owner/slug or slug.").ToException();
}
