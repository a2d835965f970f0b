using Hutch.Doors;

namespace Hutch.Api.Http;

/// <summary>Addresses of the portal's pages.</summary>
internal static class PortalAddress
{
    /// <summary>The address of a page, as the client of the request reaches it.</summary>
    public static string For(ApiRequest request, string page) =>
        PublicAddress.For(request.Http.Request, request.Api.Options.PublicUrl, page);
}
