namespace Hutch.Client.Configuration;

/// <summary>The address of a server, and whether a token may be sent there.</summary>
public static class RemoteAddress
{
    /// <summary>Reads an address as a person writes it; without a scheme, <c>https</c> is meant, or <c>http</c> for this machine.</summary>
    public static Result<Uri> Parse(string text)
    {
        string trimmed = text.Trim().TrimEnd('/');
        if (!trimmed.Contains("://", StringComparison.Ordinal))
        {
            bool local = Uri.TryCreate("http://" + trimmed, UriKind.Absolute, out Uri? guess) && IsLoopback(guess);
            trimmed = (local ? "http://" : "https://") + trimmed;
        }

        bool ok = Uri.TryCreate(trimmed, UriKind.Absolute, out Uri? uri)
            && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Host.Length > 0;
        return ok
            ? uri!
            : ErrorCode.InvalidName.With(
                $"'{text}' is not the URL of a server, such as https://hutch.example.org or http://127.0.0.1:8470.");
    }

    /// <summary>The form under which a server is remembered.</summary>
    public static string Key(Uri remote) => remote.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Throws when a token would go over a network in the open.</summary>
    public static void RefuseOpenToken(Uri remote, string? token)
    {
        if (token is not null && remote.Scheme == Uri.UriSchemeHttp && !IsLoopback(remote))
        {
            throw ErrorCode.BadRequest.With(
                $"The token was not sent: {Key(remote)} is plain HTTP, where others on the network can read it. Use https://, "
                + "or http:// for this machine only.")
                .ToException();
        }
    }

    private static bool IsLoopback(Uri remote) =>
        remote.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(remote.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
