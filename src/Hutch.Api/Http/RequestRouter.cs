using Hutch.Datasets.Pushes;
using Hutch.Model.Site;
using Hutch.Zone.Credentials;

namespace Hutch.Api.Http;

/// <summary>
/// Has requests answered by the site that decides: those that change a dataset by its home, those about rights by the zone. Other sites
/// forward them, over one hop and no more. See docs/design/federation.md (writing at any site).
/// </summary>
internal sealed class RequestRouter(
    WriteRouter writeRouter, PushService pushes, RunService runs, Authenticator authenticator, IRequestForwarder? forwarder)
{
    private static readonly HutchError NotForwarded = ErrorCode.Forbidden.With(
        "A site forwards only requests that the home of a dataset or the zone answers.");

    private static readonly HutchError NoToken = ErrorCode.Forbidden.With(
        "At a site of a zone, this needs a token for that site: the zone answers for the owner of the token.");

    /// <summary>The matters of the zone alone, by a part of the route.</summary>
    private static readonly (string Part, string Matter)[] OfZone =
    [
        ("/publication", "datasets are published"),
        ("/rules", "rules are kept"),
        ("{site}/", "what sites take is said"),
        ("", "the copies of datasets are known"),
    ];

    /// <summary>Refuses at another site what the zone alone answers. Null at the zone.</summary>
    public HutchError? FindRefusalAtSite(RestCall call) => writeRouter.Zone is { } zone
        ? (ErrorCode.Unprocessable with { Advice = "Ask there." }).With(
            $"This server is a site, and {Array.Find(OfZone, one => call.Pattern.Contains(one.Part, StringComparison.Ordinal)).Matter} "
            + $"at its zone, {zone.Address}.")
        : null;

    /// <summary>Has the zone answer a request.</summary>
    public async Task AnswerByZoneAsync(ApiRequest request, Func<ApiRequest, Task> handle)
    {
        HutchError? refusal = writeRouter.IsZone ? await FindRefusalAtZoneAsync(request) : await ForwardToZoneAsync(request);
        if (refusal is not null)
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
        }
        else if (writeRouter.IsZone)
        {
            await handle(request);
        }
    }

    /// <summary>Has the home of a dataset answer a request.</summary>
    /// <param name="isNews">True if copies follow its changes at once.</param>
    /// <param name="isOfCopy">Returns true if it is about the copy here, so that it is not forwarded; null for never.</param>
    public async Task AnswerByHomeAsync(
        ApiRequest request, bool isNews, Func<ApiRequest, ValueTask<bool>>? isOfCopy, Func<ApiRequest, Task> handle)
    {
        NameRecord? elsewhere = null;
        HutchError? refusal = null;
        if (request.Caller.PassedOnBy is not null)
        {
            refusal = await CheckAsync(request);
        }
        else if (isOfCopy is null || !await isOfCopy(request))
        {
            elsewhere = await FindElsewhereAsync(request);
            refusal = elsewhere is null ? await WhyNotHereAsync(request) : await ForwardAsync(request, elsewhere, isNews);
        }

        if (refusal is not null)
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
        }
        else if (elsewhere is null)
        {
            await handle(request);
        }
    }

    /// <summary>Refuses a request that another site forwards, and that no site may forward.</summary>
    public static Task RefuseAsync(ApiRequest request) => Problems.WriteAsync(request.Http, NotForwarded, request.Aborted);

    /// <summary>Refuses a forwarded request about a dataset that must not be at the site that forwards it.</summary>
    private async ValueTask<HutchError?> FindRefusalAtZoneAsync(ApiRequest request)
    {
        if (request.Http.Features.Get<ForwardedRequest>() is not { } forwarded)
        {
            return null;
        }

        forwarded.IsOfZone = true;
        return request.Route("id") is { Length: > 0 }
            ? await writeRouter.CheckServedAsync(request.Caller, [request.Dataset], request.Aborted)
            : null;
    }

    private async Task<HutchError?> ForwardToZoneAsync(ApiRequest request)
    {
        if (request.Caller.PassedOnBy is not null)
        {
            return NotForwarded;
        }

        if (!request.Caller.IsUser)
        {
            return Authorizer.Authorize(request.Caller, Operation.MeRead).Error ?? NoToken;
        }

        if (writeRouter.FindCredential(request.Caller) is null || forwarder is null)
        {
            return NoToken;
        }

        return await ForwardAsync(request, dataset: null, isNews: false);
    }

    /// <summary>A site is believed nothing: the dataset must be at home here, and the token be one for that site.</summary>
    private async Task<HutchError?> CheckAsync(ApiRequest request)
    {
        if (request.Route("sid") is not { Length: > 0 } push)
        {
            return await FindDatasetAsync(request) is { } dataset
                ? await writeRouter.CheckHomeAsync(request.Caller, dataset, request.Aborted)
                : ErrorCode.NotFound.With("There is no such run at the home of its dataset.");
        }

        Result<SiteSession> session = await pushes.GetAsync(request.Caller, push, request.Aborted);
        return session.IsOk
            ? await writeRouter.CheckHomeAsync(request.Caller, session.Value.Dataset, request.Aborted)
            : session.Error;
    }

    private async Task<NameRecord?> FindElsewhereAsync(ApiRequest request) =>
        request.Caller.IsUser && forwarder is not null && await FindDatasetAsync(request) is { } dataset
            ? await writeRouter.FindRemoteHomeAsync(request.Caller, dataset, request.Aborted)
            : null;

    /// <summary>The dataset of a request: by its id, by a push into it, or by a run that writes to it; null when unknown.</summary>
    private async ValueTask<DatasetId?> FindDatasetAsync(ApiRequest request)
    {
        if (request.Route("sid") is { Length: > 0 } push)
        {
            return forwarder?.FindPush(push);
        }

        if (request.Route("run") is { Length: > 0 } text)
        {
            return Guid.TryParse(text, out Guid run) ? await runs.FindOutputAsync(run, request.Aborted) : null;
        }

        return request.Dataset;
    }

    /// <summary>The reason why this site, which does not forward the request, cannot answer it either; null if it can.</summary>
    private ValueTask<HutchError?> WhyNotHereAsync(ApiRequest request) =>
        request.Route("id") is { Length: > 0 } && forwarder is not null
            ? writeRouter.CheckWritableAsync(request.Caller, request.Dataset, request.Aborted)
            : ValueTask.FromResult<HutchError?>(null);

    private Task<HutchError?> ForwardAsync(ApiRequest request, NameRecord? dataset, bool isNews)
    {
        Caller caller = request.Caller;
        var known = new ForwardedCaller(caller.UserId, writeRouter.FindCredential(caller)!, caller.Scope, caller.ExpiresAt);
        var outgoing = new OutgoingRequest(
            request.Http, request.Body, dataset, known, isNews, async ct => (await authenticator.RefreshAsync(caller, ct)).Error);
        return forwarder!.ForwardAsync(outgoing, request.Aborted);
    }
}
