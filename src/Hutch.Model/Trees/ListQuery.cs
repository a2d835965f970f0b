namespace Hutch.Model;

public sealed record ListQuery
{
    public const int MaxLimit = 10_000;

    /// <summary>The prefix of the paths; any text, with or without a final slash. Normalized to NFC, as paths are.</summary>
    public string Prefix { get; init => field = Nfc.Normalize(value); } = "";

    /// <summary>True to show everything after the next slash after the prefix as one common prefix, like a directory.</summary>
    public bool Delimited { get; init; }

    /// <summary>The listing begins after this text, in byte order of the path or common prefix with its slash. Normalized to NFC.</summary>
    public string? After { get; init => field = value is null ? null : Nfc.Normalize(value); }

    /// <summary>The most items, at least 1.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>The least text that is greater than <paramref name="after"/> and not less than <paramref name="prefix"/>.</summary>
    internal static string FirstWanted(string prefix, string? after) =>
        after is null || Utf8Order.Compare(after, prefix) < 0 ? prefix : after + "\0";
}
