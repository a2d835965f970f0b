using Hutch.Hosting;
using Hutch.Model;
using Hutch.Model.Site;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Api.Http;

/// <summary>
/// Requests that change a dataset are answered by its home: what comes to another site is passed on, over one hop and no more. See
/// docs/decisions/0230-writes-are-passed-on.md.
/// </summary>
internal static class HomeRequest
{
    private static readonly HutchError NotPassedOn = ErrorCode.Forbidden.With("Sites pass on only what changes a dataset.");

    /// <summary>Answers here, or passes on.</summary>
    public static async Task AnswerAsync(ApiRequest request, Func<ApiRequest, Task> handle)
    {
        Func<ApiRequest, Task<HutchError?>> find = request.Caller.PassedOnBy is not null ? CheckAsync : PassOnAsync;
        if (await find(request) is { } refusal)
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
        }
        else if (!request.IsAnswered)
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
            return await request.Authorized.WritePlaces.WhyNotHereAsync(request.Caller, request.Dataset, request.Aborted);
        }

        Result<SiteSession> session = await request.Authorized.Pushes.GetAsync(request.Caller, push, request.Aborted);
        return session.IsOk
            ? await request.Authorized.WritePlaces.WhyNotHereAsync(request.Caller, session.Value.Dataset, request.Aborted)
            : session.Error;
    }

    private static async Task<HutchError?> PassOnAsync(ApiRequest request)
    {
        if (request.Caller.Token is not { } token || request.Api.Services.GetService<IHomeDoors>() is not { } homes
            || (request.Route("sid") is { Length: > 0 } push ? homes.FindPush(push) : request.Dataset) is not { } dataset
            || await request.Authorized.WritePlaces.FindElsewhereAsync(request.Caller, dataset, request.Aborted) is not { } name)
        {
            return null;
        }

        request.IsAnswered = true;
        return await homes.PassOnAsync(request.Http, request.Body, name, token.Id, request.Aborted);
    }
}
