using Hutch.Api.Documentation;
using Hutch.Model.Contracts;

namespace Hutch.Api.Endpoints;

/// <summary>What is stored, and quotas.</summary>
internal static class StorageEndpoints
{
    public static void Add(EndpointTable table)
    {
        table.Add(
            "Storage", "GET", "/admin/storage",
            "What the site stores, what each owner holds and may, and its history by day", "operator, auditor")
            .Query("days", "How many days of history, today included; 0 for none", "integer")
            .Gives(
                HutchJson.Default.StorageInfo,
                request => request.Api.Authorized.Storage.ReadAsync(
                    request.Caller, (int)Math.Min(request.Number("days", 0, 0), int.MaxValue), request.Aborted));
        table.Add("Storage", "GET", "/owners/{owner}/quota", "What a user or group holds and may", "own; operator, auditor")
            .Gives(
                HutchJson.Default.OwnerStorage,
                request => request.Api.Authorized.Storage.FindAsync(request.Caller, request.Route("owner"), request.Aborted));
        table.Add(
            "Storage", "PUT", "/owners/{owner}/quota",
            "Set how much a user or group may hold; what is left out is unlimited", "administrator")
            .Takes(HutchJson.Default.SetQuota)
            .Gives(
                HutchJson.Default.OwnerStorage,
                async request => await request.Api.Authorized.Storage.SetAsync(
                    request.Caller,
                    request.Route("owner"),
                    await request.ReadAsync(HutchJson.Default.SetQuota, request.Aborted),
                    request.Aborted));
    }
}
