using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Facility;

namespace Hutch.Api.Endpoints;

/// <summary>The facility agent: its folders, and the calls of the facility's software.</summary>
internal sealed class FacilityEndpoints(FacilityService facility, AdoptionService adoptions) : IEndpoints
{
    private const string Tag = "Facility";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Facility.ListFolders, "Folders that the facility agent watches or that were adopted, and watched parents")
            .Query("state", "Only those in this state: " + string.Join(", ", FacilityDocuments.States))
            .Query("text", "Only those with this text in their path, identity, problem, or the name of their dataset")
            .Query("adopted", "`true`: only adopted folders")
            .Query("endsFrom", "Only those whose time at the facility ends at this time or later")
            .Query("endsBefore", "Only those whose time at the facility ends before this time")
            .Query("order", "`path` (the default), or `need`: folders that need attention first, then the most recent change")
            .Paged()
            .Gives(ListAsync, FacilityDocuments.From);
        table.Add(Tag, RestCalls.Facility.Rescan, "Scan a folder at once, after a change in it")
            .GivesNothing(async (request, named) => await facility.RescanAsync(request.Caller, named.Folder, request.Aborted));
        table.Add(Tag, RestCalls.Facility.ScanAll, "Scan all folders again, with every file")
            .Gives(request => facility.ScanAsync(request.Caller, request.Aborted), count => new FacilityScan { Folders = count });
        table.Add(
            Tag, RestCalls.Facility.Adopt,
            "Plan the adoption of a folder as datasets in place, and carry it out; again, to take new folders and files")
            .Gives(AdoptAsync, FacilityDocuments.From);
        table.Add(
            Tag, RestCalls.Facility.DraftLetter,
            "Draft the mail to the people of the measurement: the dataset's page, and a new invite")
            .Gives(
                async (request, named) => await facility.DraftInviteMailAsync(request.Caller, named.Folder, request.Aborted),
                text => new FacilityLetter { Text = text });
        table.Add(Tag, RestCalls.Facility.FindRetention, "How long the dataset's files stay at the facility")
            .Gives(request => facility.FindRetentionAsync(request.Caller, request.Dataset, request.Aborted), FacilityDocuments.From);
        table.Add(
            Tag, RestCalls.Facility.SetRetention,
            "Keep the dataset's files at the facility until a time, or for ever, within the limits of the folder's rule")
            .Gives(
                async (request, keep) => await facility.KeepAsync(request.Caller, request.Dataset, keep.Until, request.Aborted),
                FacilityDocuments.From);
    }

    private async Task<Result<AdoptionOutcome>> AdoptAsync(ApiRequest request, AdoptFolder adopt)
    {
        AccountName? owner = adopt.Owner is { } name ? AccountName.Parse(name).Value : null;
        if (adopt is { Store: true, Each: not null })
        {
            return ErrorCode.BadRequest.With("A store takes no pattern: 'each' is for folders.");
        }

        var wanted = new AdoptionRequest(adopt.Folder)
        {
            Owner = owner,
            Each = adopt.Each,
            IsStore = adopt.Store,
            IsPlanOnly = adopt.DryRun,
        };
        return await adoptions.AdoptAsync(request.Caller, wanted, request.Aborted);
    }

    private Task<Result<FacilityPage>> ListAsync(ApiRequest request)
    {
        FacilityFolderState? state = request.Query("state") is { } word
            ? FacilityDocuments.ParseState(word) ?? throw ErrorCode.BadRequest.With(
                $"{Display.Quote(word)} is not a state of a folder; use one of {string.Join(", ", FacilityDocuments.States)}.")
                .ToException()
            : null;
        var filter = new FacilityFilter
        {
            State = state,
            Text = request.Query("text"),
            IsAdopted = request.Flag("adopted"),
            EndsFrom = request.Time("endsFrom"),
            EndsBefore = request.Time("endsBefore"),
            IsByNeed = IsByNeed(request.Query("order")),
            Cursor = request.Query("cursor"),
            Limit = request.Limit,
        };
        return facility.ListAsync(request.Caller, filter, request.Aborted);
    }

    private static bool IsByNeed(string? order) => order switch
    {
        null or "path" => false,
        "need" => true,
        _ => throw ErrorCode.BadRequest.With($"{Display.Quote(order)} is not an order of folders; use path or need.").ToException(),
    };
}
