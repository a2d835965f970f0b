using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Model.Site;

namespace Hutch.Api.Endpoints;

/// <summary>The recall of datasets from nearline storage.</summary>
internal sealed class RecallEndpoints : IEndpoints
{
    private const string Tag = "Nearline storage";
    private const long LongestRetrySeconds = 600;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Storage.FindRecall, "How much of a version is in nearline storage only at this site").At()
            .Gives(
                request => request.Reader.Recalls.ReadAsync(request.Caller, request.Dataset, request.At, request.Aborted),
                RecallDocuments.From);
        table.Add(
            Tag, RestCalls.Storage.Recall,
            "Recall a version from nearline storage at this site, and keep it readable until a time; again makes it last longer").At()
            .Answering(StatusCodes.Status200OK, "All of it is readable")
            .Answering(StatusCodes.Status202Accepted, "It is being recalled; `Retry-After` has the seconds")
            .Does(PutAsync);
        table.Add(Tag, RestCalls.Storage.EndRecall, "End the time for which a recalled version is kept, and take back queued recalls").At()
            .Gives(
                request => request.Reader.Recalls.ReleaseAsync(request.Caller, request.Dataset, request.At, request.Aborted),
                RecallDocuments.From);
    }

    private static async Task PutAsync(ApiRequest request, PutRecall wanted)
    {
        Result<RecallState> made = await request.Reader.Recalls.PinAsync(
            request.Caller, request.Dataset, request.At, wanted.Until, request.Aborted);
        bool isUnderWay = made is { IsOk: true, Value.Offline: > 0 };
        if (isUnderWay)
        {
            long seconds = (long)Math.Clamp(Math.Ceiling(made.Value.Wait.TotalSeconds), 1, LongestRetrySeconds);
            request.Http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        await JsonAnswer.SendAsync(
            request, made.Then<RecallInfo>(static state => RecallDocuments.From(state)), HutchJson.Default.RecallInfo,
            isUnderWay ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }
}
