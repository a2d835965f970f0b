namespace Hutch.Api.Http;

/// <summary>For what takes rights away: the answer waits until the sites of the zone know it, and names those that do not.</summary>
internal static class SiteConfirmation
{
    public static async Task ReportAsync(ApiRequest request)
    {
        IReadOnlyList<string> missing = await request.Api.Confirmations.FindMissingAsync(request.Aborted);
        if (missing.Count > 0)
        {
            request.Http.Response.Headers[HutchHeaders.Unconfirmed] = string.Join(", ", missing);
        }
    }
}
