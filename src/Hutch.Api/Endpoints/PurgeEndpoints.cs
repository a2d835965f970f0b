using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Datasets.Purges;

namespace Hutch.Api.Endpoints;

internal sealed class PurgeEndpoints(PurgeService purges) : IEndpoints
{
    private const string Tag = "Sites";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Sites.ListPurges, "Purges ordered for all sites, and the sites that have not carried them out")
            .Query("open", "Only those that a site has not carried out yet", "boolean")
            .Paged()
            .GivesPage(
                request => purges.ListAsync(
                    request.Caller, request.Flag("open"), request.Query("cursor"), request.Limit, request.Aborted),
                PurgeDocuments.From);
        table.Add(Tag, RestCalls.Sites.OrderPurge, "Delete a dataset permanently at every site, at once; idempotent")
            .Gives(
                async (request, order) => await purges.OrderAsync(request.Caller, order.Dataset, order.Reason, request.Aborted),
                PurgeDocuments.From);
    }
}
