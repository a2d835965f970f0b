using Hutch.Api.Documentation;
using Hutch.Api.Documents;

namespace Hutch.Api.Endpoints;

internal sealed class StorageEndpoints(StorageService storage, HealthService health) : IEndpoints
{
    public void Add(EndpointTable table)
    {
        table.Add(
            "Storage", "GET", "/admin/storage",
            "Storage of the site, usage and quota of each owner, and history by day", "operator, auditor")
            .Query("days", "Days of history, including today; 0 for none", "integer")
            .Gives(
                HutchJson.Default.StorageInfo,
                request => storage.ReadAsync(
                    request.Caller, (int)Math.Min(request.Number("days", 0, 0), int.MaxValue), request.Aborted),
                StorageDocuments.From);
        table.Add(
            "Storage", "GET", "/admin/engine",
            "The engine of the site: its stores and their health, and the servers that share them", "operator")
            .Gives(
                HutchJson.Default.EngineInfo,
                request => health.EngineAsync(request.Caller, request.Aborted),
                EngineDocuments.From);
        table.Add("Storage", "GET", "/owners/{owner}/quota", "Usage and quota of a user or group", "own; operator, auditor")
            .Gives(
                HutchJson.Default.OwnerStorage,
                request => storage.FindAsync(request.Caller, request.Route("owner"), request.Aborted),
                StorageDocuments.From);
        table.Add(
            "Storage", "PUT", "/owners/{owner}/quota",
            "Set the quota of a user or group; an absent limit means unlimited", "administrator")
            .Takes(HutchJson.Default.SetQuota)
            .Gives(
                HutchJson.Default.OwnerStorage,
                async request =>
                {
                    SetQuota quota = await request.ReadAsync(HutchJson.Default.SetQuota, request.Aborted);
                    return await storage.SetAsync(
                        request.Caller, request.Route("owner"), quota.Bytes, quota.Entries, request.Aborted);
                },
                StorageDocuments.From);
        table.Add(
            "Storage", "PUT", "/owners/{owner}/budget",
            "Set the budget of processor time of a user or group; an absent limit means unlimited", "administrator")
            .Takes(HutchJson.Default.SetBudget)
            .Gives(
                HutchJson.Default.OwnerStorage,
                async request =>
                {
                    SetBudget budget = await request.ReadAsync(HutchJson.Default.SetBudget, request.Aborted);
                    return await storage.SetBudgetAsync(
                        request.Caller, request.Route("owner"), budget.CoreHours, budget.Monthly, request.Aborted);
                },
                StorageDocuments.From);
    }
}
