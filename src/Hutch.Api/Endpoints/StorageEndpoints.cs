using Hutch.Api.Documentation;
using Hutch.Api.Documents;

namespace Hutch.Api.Endpoints;

internal sealed class StorageEndpoints(StorageService storage, SpaceService space, HealthService health) : IEndpoints
{
    public void Add(EndpointTable table)
    {
        table.Add("Storage", RestCalls.Storage.FindUse, "Storage of the site, usage and quota of each owner, and history by day")
            .Query("days", "Days of history, including today; 0 for none", "integer")
            .Gives(
                request => storage.ReadAsync(
                    request.Caller, (int)Math.Min(request.Number("days", 0, 0), int.MaxValue), request.Aborted),
                StorageDocuments.From);
        table.Add(
            "Storage", RestCalls.Storage.FindSpace,
            "What the disk of this site gains, how, and with which proof; and what prevents the rest")
            .Query("owner", "The only user or group to list")
            .Query("by", "Add up all lines by `owner`, `group`, `visit`, `instrument`, `type`, `kind`, `program` or `age`")
            .Query("limit", "Maximum number of lines, 1 to 20000; 100 without it", "integer")
            .Gives(
                request => space.ReadAsync(
                    request.Caller, request.Query("owner"), request.Query("by"),
                    (int)Math.Clamp(request.Number("limit", 100, 1), 1, SpaceService.MaxDatasets), request.Aborted),
                SpaceDocuments.From);
        table.Add(
            "Storage", RestCalls.Storage.FindEngine,
            "The engine of the site: its stores and their health, and the servers that share them")
            .Gives(request => health.EngineAsync(request.Caller, request.Aborted), EngineDocuments.From);
        table.Add("Storage", RestCalls.Storage.FindQuota, "Usage and quota of a user or group")
            .Gives(request => storage.FindAsync(request.Caller, request.Route("owner"), request.Aborted), StorageDocuments.From);
        table.Add("Storage", RestCalls.Storage.SetQuota, "Set the quota of a user or group; an absent limit means unlimited")
            .Gives(
                async (request, quota) => await storage.SetAsync(
                    request.Caller, request.Route("owner"), quota.Bytes, quota.Entries, request.Aborted),
                StorageDocuments.From);
        table.Add(
            "Storage", RestCalls.Storage.SetBudget,
            "Set the budget of processor time of a user or group; an absent limit means unlimited")
            .Gives(
                async (request, budget) => await storage.SetBudgetAsync(
                    request.Caller, request.Route("owner"), budget.CoreHours, budget.Monthly, request.Aborted),
                StorageDocuments.From);
    }
}
