using Hutch.Api.Documentation;
using Hutch.Api.Documents;

namespace Hutch.Api.Endpoints;

/// <summary>Current activity, and the audit log and downloads of a dataset.</summary>
internal sealed class ActivityEndpoints(ActivityService activity, LiveService live, ArrivalService arrivals) : IEndpoints
{
    public void Add(EndpointTable table)
    {
        table.Add(
            "Activity",
            "GET",
            "/activity",
            "Current activity: storage, transfers, requests by class, jobs and, for auditors, the newest audit lines",
            "operator")
            .Query("days", "Days of storage history, including today; 0 for none", "integer")
            .Gives(
                HutchJson.Default.SiteActivity,
                request => activity.ReadAsync(
                    request.Caller, (int)Math.Min(request.Number("days", 0, 0), int.MaxValue), request.Aborted),
                ActivityDocuments.From);
        table.Add(
            "Activity", "GET", "/live", "Current queues, workers, runs and captures, and those that are slow, stuck or gone",
            "operator; others see their own runs and captures")
            .Gives(
                HutchJson.Default.LiveInfo,
                request => live.ReadAsync(request.Caller, request.Aborted),
                LiveDocuments.From);
        table.Add("Activity", "GET", "/arrivals", "Datasets with the newest data from any source, newest first", "view")
            .Query("owner", "Only datasets of this user or group")
            .Query("limit", "Most items, 1 to 1000", "integer")
            .Gives(
                HutchJson.Default.PageArrivalInfo,
                request => arrivals.ListAsync(request.Caller, request.Query("owner"), request.Limit, request.Aborted),
                LiveDocuments.From);
        table.Add("Activity", "GET", "/datasets/{id}/activity", "The audit log of a dataset, newest first", "manage").Reads().Paged()
            .GivesPage(
                HutchJson.Default.PageActivityInfo,
                request => request.Reader.Activity.ListAsync(
                    request.Caller, request.Dataset, request.Query("cursor"), request.Limit, request.Aborted),
                ActivityDocuments.From);
        table.Add("Activity", "GET", "/datasets/{id}/downloads", "Downloads of a dataset from this site, in total and by account", "manage")
            .Gives(
                HutchJson.Default.DatasetDownloads,
                request => request.Reader.Activity.CountDownloadsAsync(request.Caller, request.Dataset, request.Aborted),
                ActivityDocuments.From);
    }
}
