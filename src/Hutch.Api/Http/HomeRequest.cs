using Hutch.Doors;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Api.Http;

/// <summary>
/// Requests that change a dataset are answered by its home: what comes to another site is passed on, over one hop and no more. See
/// docs/design/federation.md (writing at any site).
/// </summary>
internal static class HomeRequest
{
    private static readonly HutchError NotPassedOn = ErrorCode.Forbidden.With("Sites pass on only what changes a dataset.");

    /// <summary>Answers here, or passes on.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isNews">Whether copies follow what it changes at once.</param>
    /// <param name="isOfCopy">Whether it is about the copy here, so that it is not passed on; null for never.</param>
    /// <param name="handle">Answers it here.</param>
    public static async Task AnswerAsync(
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

    /// <summary>Refuses what another site passes on, and nobody may pass on.</summary>
    public static Task RefuseAsync(ApiRequest request) => Problems.WriteAsync(request.Http, NotPassedOn, request.Aborted);

    /// <summary>A site is believed nothing: the dataset must be at home here, and the token be one for that site.</summary>
    private static async Task<HutchError?> CheckAsync(ApiRequest request)
    {
        if (request.Route("sid") is not { Length: > 0 } push)
        {
            return await FindDatasetAsync(request, homes: null) is { } dataset
                ? await request.Authorized.WritePlaces.WhyNotHereAsync(request.Caller, dataset, request.Aborted)
                : ErrorCode.NotFound.With("There is no such run at the home of its dataset.");
        }

        Result<SiteSession> session = await request.Authorized.Pushes.GetAsync(request.Caller, push, request.Aborted);
        return session.IsOk
            ? await request.Authorized.WritePlaces.WhyNotHereAsync(request.Caller, session.Value.Dataset, request.Aborted)
            : session.Error;
    }

    private static async Task<NameRecord?> FindElsewhereAsync(ApiRequest request) =>
        request.Caller.IsUser && request.Api.Services.GetService<IHomeDoors>() is { } homes
            && await FindDatasetAsync(request, homes) is { } dataset
            ? await request.Authorized.WritePlaces.FindElsewhereAsync(request.Caller, dataset, request.Aborted)
            : null;

    /// <summary>The dataset of a request: by its id, by a push into it, or by a run that writes to it; null when unknown.</summary>
    private static async ValueTask<DatasetId?> FindDatasetAsync(ApiRequest request, IHomeDoors? homes) =>
        request.Route("sid") is { Length: > 0 } push ? homes?.FindPush(push)
        : request.Route("run") is { Length: > 0 } text
            ? Guid.TryParse(text, out Guid run) ? await request.Authorized.Runs.FindOutputAsync(run, request.Aborted) : null
        : request.Dataset;

    /// <summary>Why this site, which passes the request on to nobody, cannot answer it either.</summary>
    private static ValueTask<HutchError?> WhyNotHereAsync(ApiRequest request) =>
        request.Route("id") is { Length: > 0 } && request.Api.Services.GetService<IHomeDoors>() is not null
            ? request.Authorized.WritePlaces.WhyNotChangedHereAsync(request.Caller, request.Dataset, request.Aborted)
            : ValueTask.FromResult<HutchError?>(null);

    private static Task<HutchError?> PassOnAsync(ApiRequest request, NameRecord dataset, bool isNews)
    {
        Caller caller = request.Caller;
        var who = new PassedCaller(caller.UserId, caller.CredentialId!, caller.Scope, caller.ExpiresAt);
        var change = new PassedChange(
            request.Http, request.Body, dataset, who, isNews,
            async ct => (await request.Authorized.Authenticator.RefreshAsync(caller, ct)).Error);
        return request.Api.Services.GetRequiredService<IHomeDoors>().PassOnAsync(change, request.Aborted);
    }
}
