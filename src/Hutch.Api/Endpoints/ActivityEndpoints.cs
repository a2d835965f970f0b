using Hutch.Api.Documentation;
using Hutch.Api.Documents;

namespace Hutch.Api.Endpoints;

/// <summary>Current activity, and the audit log and downloads of a dataset.</summary>
internal sealed class ActivityEndpoints(ActivityService activity, LiveService live, ArrivalService arrivals) : IEndpoints
{
    public void Add(EndpointTable table)
    {
        table.Add(
            "Activity", RestCalls.Activity.Read,
            "Current activity: storage, transfers, requests by class, jobs and, for auditors, the newest audit lines")
            .Query("days", "Days of storage history, including today; 0 for none", "integer")
            .Gives(
                request => activity.ReadAsync(
                    request.Caller, (int)Math.Min(request.Number("days", 0, 0), int.MaxValue), request.Aborted),
                ActivityDocuments.From);
        table.Add(
            "Activity", RestCalls.Activity.ReadLive,
            "Current queues, workers, runs and captures, and those that are slow, stuck or gone")
            .Gives(request => live.ReadAsync(request.Caller, request.Aborted), LiveDocuments.From);
        table.Add("Activity", RestCalls.Activity.ListArrivals, "Datasets with the newest data from any source, newest first")
            .Query("owner", "Only datasets of this user or group")
            .Query("limit", "Most items, 1 to 1000", "integer")
            .Gives(
                request => arrivals.ListAsync(request.Caller, request.Query("owner"), request.Limit, request.Aborted), LiveDocuments.From);
        table.Add("Activity", RestCalls.Activity.ListOfDataset, "The audit log of a dataset, newest first").Paged()
            .GivesPage(
                request => request.Reader.Activity.ListAsync(
                    request.Caller, request.Dataset, request.Query("cursor"), request.Limit, request.Aborted),
                ActivityDocuments.From);
        table.Add("Activity", RestCalls.Activity.CountDownloads, "Downloads of a dataset from this site, in total and by account")
            .Gives(
                request => request.Reader.Activity.CountDownloadsAsync(request.Caller, request.Dataset, request.Aborted),
                ActivityDocuments.From);
    }
}
