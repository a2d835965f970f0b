namespace Hutch.Api.Http;

internal static class PortalAddress
{
    public static string For(ApiRequest request, string page) =>
        PublicAddress.For(request.Http.Request, request.Api.Options.PublicUrl, page);
}
