using System.Globalization;

namespace Hutch.Contracts.Rest;

/// <summary>An operation with the values of its route and its query: a request without its body.</summary>
/// <param name="Path">Path and query, without a slash before them.</param>
public readonly record struct BoundCall<TCall>(TCall Call, string Path)
    where TCall : RestCall
{
    /// <summary>Adds a parameter to the query, unless it is null.</summary>
    public BoundCall<TCall> With(string name, string? value) => value is null
        ? this
        : this with { Path = $"{Path}{(Path.Contains('?') ? '&' : '?')}{name}={Uri.EscapeDataString(value)}" };

    public BoundCall<TCall> With(string name, long? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    public BoundCall<TCall> With(string name, DatasetId? value) => With(name, value?.ToString());

    /// <summary>Adds a parameter to the query if it is true.</summary>
    public BoundCall<TCall> With(string name, bool value) => With(name, value ? "true" : null);
}

/// <summary>A value in the route of a request.</summary>
public readonly struct RouteValue
{
    private readonly string _text;

    private RouteValue(string text) => _text = text;

    public static implicit operator RouteValue(string text) => new(text);

    public static implicit operator RouteValue(DatasetId id) => new(id.ToString());

    public static implicit operator RouteValue(long number) => new(number.ToString(CultureInfo.InvariantCulture));

    internal string Escape() => Uri.EscapeDataString(_text);

    /// <summary>The value with its slashes.</summary>
    internal string EscapePath() => string.Join('/', _text.Split('/').Select(Uri.EscapeDataString));
}

/// <summary>Binds operations to the values of their routes.</summary>
public static class RestCallExtensions
{
    extension<TCall>(TCall call)
        where TCall : RestCall
    {
        /// <summary>Binds an operation to the values of its route, in their order.</summary>
        /// <exception cref="ArgumentException">The route has another number of values.</exception>
        public BoundCall<TCall> At(params ReadOnlySpan<RouteValue> values) => new(call, call.PathOf(values));
    }
}
