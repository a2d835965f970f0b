using Hutch.Model;
using Microsoft.AspNetCore.Http;

namespace Hutch.Doors;

/// <summary>Addresses of this server, for the answer to who asked.</summary>
public static class PublicAddress
{
    /// <summary>
    /// The address of a path: below the configured address, else below the one that was asked. Never for a mail: who sends a request
    /// chooses its host, and a mail goes to somebody else.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="configured">At which address people reach the server; null for the one that they asked.</param>
    /// <param name="path">The path, without a slash before it.</param>
    public static string For(HttpRequest request, Uri? configured, string path) => PortalUrl.For(configured ?? FromRequest(request), path);

    private static Uri FromRequest(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase}", UriKind.Absolute, out Uri? asked)
            ? asked
            : throw ErrorCode.BadRequest.With("The header Host is not a host and port.").ToException();
}
