using Hutch.S3.Errors;

namespace Hutch.S3.Http;

/// <summary>
/// The query of a request, in the order in which it was sent, with escapes undone. A name without value has the empty value.
/// </summary>
internal sealed class S3Query
{
    /// <summary>More names than any request of S3 has.</summary>
    private const int MaxNames = 100;

    private readonly List<KeyValuePair<string, string>> _items;

    private S3Query(List<KeyValuePair<string, string>> items) => _items = items;

    public static S3Query Empty { get; } = new([]);

    public IReadOnlyList<KeyValuePair<string, string>> Items => _items;

    /// <summary>Parses the text after the question mark.</summary>
    public static S3Query Parse(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return Empty;
        }

        var items = new List<KeyValuePair<string, string>>();
        foreach (Range range in text.Split('&'))
        {
            ReadOnlySpan<char> item = text[range];
            if (item.IsEmpty)
            {
                continue;
            }

            int equals = item.IndexOf('=');
            if (items.Count == MaxNames
                || !UriText.TryUnescape(equals < 0 ? item : item[..equals], plusIsSpace: true, out string? name)
                || !UriText.TryUnescape(equals < 0 ? default : item[(equals + 1)..], plusIsSpace: true, out string? value))
            {
                throw S3ErrorCode.InvalidUri.With("The query of the request cannot be read: it is too long, or its escapes are not UTF-8.");
            }

            items.Add(new KeyValuePair<string, string>(name, value));
        }

        return new S3Query(items);
    }

    public bool Has(string name) => Find(name) is not null;

    public string? Find(string name)
    {
        foreach ((string key, string value) in _items)
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>A value; null when the name is absent or the value empty.</summary>
    public string? Value(string name) => Find(name) is { Length: > 0 } value ? value : null;
}
