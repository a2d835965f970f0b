using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;

namespace Hutch.Api.Endpoints;

internal sealed class OwnershipEndpoints(OwnershipService ownership) : IEndpoints
{
    private const string Tag = "Ownership";

    public void Add(EndpointTable table)
    {
        table.Add(
            Tag, "PUT", "/datasets/{id}/owner",
            "Offer the dataset to another user or group; at once for administrators, and for a group that the caller manages", "owner")
            .Takes(HutchJson.Default.ChangeOwner)
            .Gives(
                HutchJson.Default.DatasetInfo,
                SiteConfirmation.Wrap(async request =>
                {
                    DatasetId id = request.Dataset;
                    ChangeOwner change = await request.ReadAsync(HutchJson.Default.ChangeOwner, request.Aborted);
                    return await ownership.ChangeOwnerAsync(request.Caller, id, change.Owner, request.Aborted);
                }),
                DatasetDocuments.From);
        table.Add(Tag, "GET", "/offers", "Datasets offered to the caller and to groups it manages", "own")
            .Query("own", "Instead, the caller's own datasets that are offered to others", "boolean")
            .Gives(
                HutchJson.Default.PageOfferInfo,
                request => ownership.ListOffersAsync(request.Caller, request.Flag("own"), request.Aborted),
                offers => new Page<OfferInfo> { Items = [.. offers.Select(OwnershipDocuments.From)] });
        table.Add(Tag, "POST", "/offers/{id}/accept", "Accept a dataset: it is the caller's, or the group's, from now on", "receiver")
            .Takes(HutchJson.Default.AcceptOffer)
            .Gives(HutchJson.Default.DatasetInfo, SiteConfirmation.Wrap(AcceptAsync), DatasetDocuments.From);
        table.Add(Tag, "DELETE", "/offers/{id}", "Decline a dataset, or withdraw an own offer", "receiver, or owner")
            .GivesNothing(request => ownership.EndOfferAsync(request.Caller, request.Dataset, request.Aborted));
    }

    private async Task<Result<DatasetDescription>> AcceptAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        AcceptOffer accept = await request.ReadAsync(HutchJson.Default.AcceptOffer, request.Aborted);
        Slug? slug = accept.Slug is { } text ? Slug.Parse(text).Value : null;
        return await ownership.AcceptAsync(request.Caller, id, slug, request.Aborted);
    }
}
