namespace Hutch.Api.Http;

/// <summary>Makes browsers that came by HTTPS return only by HTTPS (RFC 6797).</summary>
internal sealed class StrictTransport(int days)
{
    private readonly string _value = string.Create(CultureInfo.InvariantCulture, $"max-age={days * 86_400L}");

    public RequestDelegate Wrap(RequestDelegate next) => http =>
    {
        if (days > 0 && http.Request.IsHttps && !http.Request.PathBase.HasValue)
        {
            http.Response.Headers.StrictTransportSecurity = _value;
        }

        return next(http);
    };
}
