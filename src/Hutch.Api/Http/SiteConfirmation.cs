namespace Hutch.Api.Http;

/// <summary>For what takes rights away: the answer waits until the sites of the zone know it, and names those that do not.</summary>
internal static class SiteConfirmation
{
    /// <summary>A handler whose answer says in a header which sites have not confirmed the change.</summary>
    public static Func<ApiRequest, Task<Result<T>>> Wrap<T>(Func<ApiRequest, Task<Result<T>>> change) => async request =>
    {
        Result<T> done = await change(request);
        if (done.IsOk)
        {
            await ReportAsync(request);
        }

        return done;
    };

    public static async Task ReportAsync(ApiRequest request)
    {
        IReadOnlyList<string> missing = await request.Api.Confirmations.FindMissingAsync(request.Aborted);
        if (missing.Count > 0)
        {
            request.Http.Response.Headers[HutchHeaders.Unconfirmed] = string.Join(", ", missing);
        }
    }
}
