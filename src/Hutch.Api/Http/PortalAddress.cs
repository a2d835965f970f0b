using Hutch.Doors;

namespace Hutch.Api.Http;

/// <summary>Addresses of the portal's pages.</summary>
internal static class PortalAddress
{
    /// <summary>A page, for the answer to who asked.</summary>
    public static string Of(ApiRequest request, string page) =>
        PublicAddress.Of(request.Http.Request, request.Api.Options.PublicUrl, page);
}
