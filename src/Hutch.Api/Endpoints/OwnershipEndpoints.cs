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
            Tag, RestCalls.Sharing.ChangeOwner,
            "Offer the dataset to another user or group; at once for administrators, and for a group that the caller manages")
            .AwaitingSites().Gives(
                async (request, change) =>
                    await ownership.ChangeOwnerAsync(request.Caller, request.Dataset, change.Owner, request.Aborted),
                DatasetDocuments.From);
        table.Add(Tag, RestCalls.Sharing.ListOffers, "Datasets offered to the caller and to groups it manages")
            .Query("own", "Instead, the caller's own datasets that are offered to others", "boolean")
            .Gives(
                request => ownership.ListOffersAsync(request.Caller, request.Flag("own"), request.Aborted),
                offers => new Page<OfferInfo> { Items = [.. offers.Select(OwnershipDocuments.From)] });
        table.Add(Tag, RestCalls.Sharing.AcceptOffer, "Accept a dataset: it is the caller's, or the group's, from now on")
            .AwaitingSites().Gives(AcceptAsync, DatasetDocuments.From);
        table.Add(Tag, RestCalls.Sharing.EndOffer, "Decline a dataset, or withdraw an own offer")
            .GivesNothing(request => ownership.EndOfferAsync(request.Caller, request.Dataset, request.Aborted));
    }

    private async Task<Result<DatasetDescription>> AcceptAsync(ApiRequest request, AcceptOffer accept)
    {
        DatasetId id = request.Dataset;
        Slug? slug = accept.Slug is { } text ? Slug.Parse(text).Value : null;
        return await ownership.AcceptAsync(request.Caller, id, slug, request.Aborted);
    }
}
