using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Datasets.Purges;

namespace Hutch.Api.Endpoints;

internal sealed class PurgeEndpoints(PurgeService purges) : IEndpoints
{
    private const string Tag = "Sites";

    public void Add(EndpointTable table)
    {
        table.Add(
                Tag, "GET", "/purges", "Purges ordered for all sites, and the sites that have not carried them out",
                "operator or auditor")
            .Query("open", "Only those that a site has not carried out yet", "boolean")
            .Paged()
            .GivesPage(
                HutchJson.Default.PagePurgeInfo,
                request => purges.ListAsync(
                    request.Caller, request.Flag("open"), request.Query("cursor"), request.Limit, request.Aborted),
                PurgeDocuments.From);
        table.Add(
                Tag, "POST", "/purges", "Delete a dataset permanently at every site, at once; idempotent", "administrator")
            .Takes(HutchJson.Default.OrderPurge)
            .Gives(
                HutchJson.Default.PurgeInfo,
                async request =>
                {
                    OrderPurge order = await request.ReadAsync(HutchJson.Default.OrderPurge, request.Aborted);
                    return await purges.OrderAsync(request.Caller, order.Dataset, order.Reason, request.Aborted);
                },
                PurgeDocuments.From);
    }
}
