namespace Hutch.Messaging.Callbacks;

/// <summary>Addresses to which results may be sent: an item of <c>callbacks.allow</c>.</summary>
/// <param name="Scheme">The scheme; null for HTTPS and HTTP.</param>
/// <param name="Path">The path, without a slash at its end; paths below it are allowed too.</param>
internal sealed record AllowedAddress(string? Scheme, string Host, int Port, string Path)
{
    /// <summary>Reads <c>HOST:PORT</c>, or an address that begins with <c>https://</c> or <c>http://</c>.</summary>
    public static Result<AllowedAddress> Parse(string text)
    {
        bool isWhole = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(isWhole ? text : "https://" + text, UriKind.Absolute, out Uri? address)
            || !IsHttp(address)
            || HasMore(address)
            || (!isWhole && (address.AbsolutePath != "/" || !NamesPort(text, address))))
        {
            return ErrorCode.Unprocessable.With(
                $"{Display.Quote(text)}: write HOST:PORT, or an address such as https://control.example.org/hutch/.");
        }

        return new AllowedAddress(isWhole ? address.Scheme : null, address.IdnHost, address.Port, address.AbsolutePath.TrimEnd('/'));
    }

    public bool Includes(Uri address)
    {
        string path = address.AbsolutePath;
        return (Scheme is null || Scheme == address.Scheme)
            && string.Equals(Host, address.IdnHost, StringComparison.OrdinalIgnoreCase)
            && Port == address.Port
            && path.StartsWith(Path, StringComparison.Ordinal)
            && (path.Length == Path.Length || path[Path.Length] == '/');
    }

    /// <summary>Returns true for an address of HTTP or HTTPS with a host and without a user.</summary>
    public static bool IsHttp(Uri address) =>
        address.Scheme is "https" or "http" && address.Host.Length > 0 && address.UserInfo.Length == 0;

    private static bool HasMore(Uri address) => address.Query.Length > 0 || address.Fragment.Length > 0;

    private static bool NamesPort(string text, Uri address) =>
        text.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{address.Port}"), StringComparison.Ordinal);
}
