using System.Net.Http.Headers;

namespace Hutch.Client.Http;

/// <summary>Addresses and bodies of requests.</summary>
internal static class RestRequest
{
    internal static string Escape(string value) => Uri.EscapeDataString(value);

    internal static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    internal static string Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = new System.Text.StringBuilder();
        foreach ((string name, string? value) in parts)
        {
            if (value is not null)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return query.ToString();
    }

    internal static string? Number(long? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal static JsonBody<T> Body<T>(T value, JsonTypeInfo<T> type) => new(value, type);

    internal static HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content = null) =>
        new(method, path) { Content = content };
}

/// <summary>A JSON body that can be written once for each attempt.</summary>
internal readonly record struct JsonBody<T>(T Value, JsonTypeInfo<T> Type)
{
    internal ByteArrayContent ToContent() => new(JsonSerializer.SerializeToUtf8Bytes(Value, Type))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };
}
