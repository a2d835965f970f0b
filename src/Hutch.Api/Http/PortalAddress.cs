using Hutch.Model;
using Microsoft.AspNetCore.Http;

namespace Hutch.Api.Http;

/// <summary>Addresses of the portal's pages.</summary>
internal static class PortalAddress
{
    /// <summary>
    /// A page, for the answer to who asked: below the configured address, else below the one that was asked. Never for a mail: who sends a
    /// request chooses its host, and a mail goes to somebody else.
    /// </summary>
    public static string Of(ApiRequest request, string page) =>
        PortalUrl.Of(request.Api.Options.Zone.PublicUrl ?? Asked(request.Http.Request), page);

    private static Uri Asked(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase}", UriKind.Absolute, out Uri? asked)
            ? asked
            : throw ErrorCode.BadRequest.With("The header Host is not a host and port.").ToException();
}
