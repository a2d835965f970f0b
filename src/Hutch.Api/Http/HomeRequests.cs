using Hutch.Datasets.Pushes;
using Hutch.Model.Site;
using Hutch.Zone.Credentials;

namespace Hutch.Api.Http;

/// <summary>
/// Requests that change a dataset are answered by its home: what comes to another site is passed on, over one hop and no more. See
/// docs/design/federation.md (writing at any site).
/// </summary>
internal sealed class HomeRequests(
    WriteRouter writeRouter, PushService pushes, RunService runs, Authenticator authenticator, IHomeDoors? homes)
{
    private static readonly HutchError NotPassedOn = ErrorCode.Forbidden.With("Sites pass on only what changes a dataset.");

    /// <param name="isNews">True if copies follow its changes at once.</param>
    /// <param name="isOfCopy">Returns true if it is about the copy here, so that it is not passed on; null for never.</param>
    public async Task AnswerAsync(
        ApiRequest request, bool isNews, Func<ApiRequest, ValueTask<bool>>? isOfCopy, Func<ApiRequest, Task> handle)
    {
        NameRecord? elsewhere = null;
        HutchError? refusal =
            request.Caller.PassedOnBy is not null ? await CheckAsync(request)
            : isOfCopy is not null && await isOfCopy(request) ? null
            : (elsewhere = await FindElsewhereAsync(request)) is not null ? await PassOnAsync(request, elsewhere, isNews)
            : await WhyNotHereAsync(request);
        if (refusal is not null)
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
        }
        else if (elsewhere is null)
        {
            await handle(request);
        }
    }

    /// <summary>Refuses a request that another site passes on, and that no site may pass on.</summary>
    public static Task RefuseAsync(ApiRequest request) => Problems.WriteAsync(request.Http, NotPassedOn, request.Aborted);

    /// <summary>A site is believed nothing: the dataset must be at home here, and the token be one for that site.</summary>
    private async Task<HutchError?> CheckAsync(ApiRequest request)
    {
        if (request.Route("sid") is not { Length: > 0 } push)
        {
            return await FindDatasetAsync(request, doors: null) is { } dataset
                ? await writeRouter.CheckHomeAsync(request.Caller, dataset, request.Aborted)
                : ErrorCode.NotFound.With("There is no such run at the home of its dataset.");
        }

        Result<SiteSession> session = await pushes.GetAsync(request.Caller, push, request.Aborted);
        return session.IsOk
            ? await writeRouter.CheckHomeAsync(request.Caller, session.Value.Dataset, request.Aborted)
            : session.Error;
    }

    private async Task<NameRecord?> FindElsewhereAsync(ApiRequest request) =>
        request.Caller.IsUser && homes is not null && await FindDatasetAsync(request, homes) is { } dataset
            ? await writeRouter.FindRemoteHomeAsync(request.Caller, dataset, request.Aborted)
            : null;

    /// <summary>The dataset of a request: by its id, by a push into it, or by a run that writes to it; null when unknown.</summary>
    private async ValueTask<DatasetId?> FindDatasetAsync(ApiRequest request, IHomeDoors? doors) =>
        request.Route("sid") is { Length: > 0 } push ? doors?.FindPush(push)
        : request.Route("run") is { Length: > 0 } text
            ? Guid.TryParse(text, out Guid run) ? await runs.FindOutputAsync(run, request.Aborted) : null
        : request.Dataset;

    /// <summary>The reason why this site, which passes the request on to no other, cannot answer it either; null if it can.</summary>
    private ValueTask<HutchError?> WhyNotHereAsync(ApiRequest request) =>
        request.Route("id") is { Length: > 0 } && homes is not null
            ? writeRouter.CheckWritableAsync(request.Caller, request.Dataset, request.Aborted)
            : ValueTask.FromResult<HutchError?>(null);

    private Task<HutchError?> PassOnAsync(ApiRequest request, NameRecord dataset, bool isNews)
    {
        Caller caller = request.Caller;
        var who = new ForwardedCaller(caller.UserId, caller.CredentialId!, caller.Scope, caller.ExpiresAt);
        var change = new ForwardedChange(
            request.Http, request.Body, dataset, who, isNews,
            async ct => (await authenticator.RefreshAsync(caller, ct)).Error);
        return homes!.PassOnAsync(change, request.Aborted);
    }
}
