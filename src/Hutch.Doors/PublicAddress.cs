namespace Hutch.Doors;

/// <summary>Addresses of this server, for an answer to a caller.</summary>
public static class PublicAddress
{
    /// <summary>
    /// The address of a path: below the configured address, otherwise below the address of the request. Never use it for a mail: the
    /// sender of a request chooses its host, and a mail goes to another person.
    /// </summary>
    /// <param name="configured">The public address of the server; null for the address of the request.</param>
    /// <param name="path">The path, without a leading slash.</param>
    public static string For(HttpRequest request, Uri? configured, string path) => PortalUrl.For(configured ?? FromRequest(request), path);

    private static Uri FromRequest(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase}", UriKind.Absolute, out Uri? asked)
            ? asked
            : throw ErrorCode.BadRequest.With("The header Host is not a host and port.").ToException();
}
