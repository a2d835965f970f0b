using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Grants;

namespace Hutch.Api.Endpoints;

/// <summary>Requests to read a dataset, from callers with the right to view it, and the answers of its managers.</summary>
internal sealed class AccessRequestEndpoints(AccessRequestService requests) : IEndpoints
{
    private const string Tag = "Sharing";
    private const string Mine = "/datasets/{id}/access-request";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "POST", Mine, "Ask to read the dataset; again changes the text", "view")
            .Takes(HutchJson.Default.AskAccess)
            .Gives(HutchJson.Default.AccessRequestInfo, RequestAsync, From, StatusCodes.Status201Created);
        table.Add(Tag, "DELETE", Mine, "Withdraw the caller's own open request", "view")
            .GivesNothing(request => requests.WithdrawAsync(request.Caller, request.Dataset, request.Aborted));
        table.Add(Tag, "GET", "/datasets/{id}/access-requests", "Open requests to read the dataset, the oldest first", "manage")
            .Gives(
                HutchJson.Default.PageAccessRequestInfo,
                request => requests.ListAsync(request.Caller, request.Dataset, request.Aborted),
                Page);
        table.Add(Tag, "POST", "/datasets/{id}/access-requests/{user}", "Grant a request, which gives a right, or deny it", "manage")
            .Takes(HutchJson.Default.AnswerAccess)
            .GivesNothing(SiteConfirmation.Wrap(AnswerAsync));
        table.Add(Tag, "GET", "/access-requests", "Open requests that the caller may answer, at most 1000", "own")
            .Query("own", "Instead, the caller's own: open, or denied a short while ago", "boolean")
            .Gives(
                HutchJson.Default.PageAccessRequestInfo,
                request => requests.ListAsync(request.Caller, request.Flag("own"), request.Aborted),
                Page);
    }

    private async Task<Result<AccessRequestDetails>> RequestAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        AskAccess ask = await request.ReadAsync(HutchJson.Default.AskAccess, request.Aborted);
        return await requests.RequestAsync(request.Caller, id, ask.Text ?? "", request.Aborted);
    }

    private async Task<Result<Done>> AnswerAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        AnswerAccess answer = await request.ReadAsync(HutchJson.Default.AnswerAccess, request.Aborted);
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
