using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Grants;

namespace Hutch.Api.Endpoints;

/// <summary>Requests to read a dataset, from callers with the right to view it, and the answers of its managers.</summary>
internal sealed class AccessRequestEndpoints(AccessRequestService requests) : IEndpoints
{
    private const string Tag = "Sharing";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Sharing.RequestAccess, "Ask to read the dataset; again changes the text")
            .Gives(RequestAsync, From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Sharing.WithdrawRequest, "Withdraw the caller's own open request")
            .GivesNothing(request => requests.WithdrawAsync(request.Caller, request.Dataset, request.Aborted));
        table.Add(Tag, RestCalls.Sharing.ListRequests, "Open requests to read the dataset, the oldest first")
            .Gives(request => requests.ListAsync(request.Caller, request.Dataset, request.Aborted), Page);
        table.Add(Tag, RestCalls.Sharing.AnswerRequest, "Grant a request, which gives a right, or deny it")
            .AwaitingSites().GivesNothing(AnswerAsync);
        table.Add(Tag, RestCalls.Sharing.ListAllRequests, "Open requests that the caller may answer, at most 1000")
            .Query("own", "Instead, the caller's own: open, or denied a short while ago", "boolean")
            .Gives(request => requests.ListAsync(request.Caller, request.Flag("own"), request.Aborted), Page);
    }

    private async Task<Result<AccessRequestDetails>> RequestAsync(ApiRequest request, AskAccess ask) =>
        await requests.RequestAsync(request.Caller, request.Dataset, ask.Text ?? "", request.Aborted);

    private async Task<Result<Done>> AnswerAsync(ApiRequest request, AnswerAccess answer)
    {
        DatasetId id = request.Dataset;
        string user = request.Route("user");
        if (!answer.Granted)
        {
            return await requests.DenyAsync(request.Caller, id, user, request.Aborted);
        }

        return RightsExtensions.ParseRight(answer.Right ?? "read").TryGet(out Rights right, out HutchError? refusal)
            ? (await requests.GrantAsync(request.Caller, id, user, right, request.Aborted)).Then<Done>(_ => Done.Value)
            : refusal;
    }

    private static Page<AccessRequestInfo> Page(IReadOnlyList<AccessRequestDetails> requests) =>
        new() { Items = [.. requests.Select(From)] };

    private static AccessRequestInfo From(AccessRequestDetails details) => new()
    {
        Dataset = details.Request.Dataset,
        Name = details.Dataset,
        User = details.Request.By.Name,
        DisplayName = details.DisplayName,
        Text = details.Request.Text,
        Time = details.Request.At,
        State = details.Request.DeniedAt is null ? "open" : "denied",
        Denied = details.Request.DeniedAt,
        AgainAfter = details.Request.DeniedAt + AccessRequests.WaitAfterDenial,
    };
}
