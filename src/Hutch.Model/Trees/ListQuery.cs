namespace Hutch.Model;

/// <summary>Which part of a dataset to list.</summary>
public sealed record ListQuery
{
    /// <summary>The largest page of a listing.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>Only paths that start so; any text, need not end at a slash. Brought into NFC, as paths are.</summary>
    public string Prefix { get; init => field = Nfc.Normalize(value); } = "";

    /// <summary>Whether everything behind the next slash after the prefix is shown as one common prefix, as a directory.</summary>
    public bool Delimited { get; init; }

    /// <summary>
    /// Only items whose text (the path, or the common prefix with its slash) is greater than this in byte order. Brought into NFC.
    /// </summary>
    public string? After { get; init => field = value is null ? null : Nfc.Normalize(value); }

    /// <summary>The most items to give, at least 1.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>The least text that is greater than <paramref name="after"/> and not less than <paramref name="prefix"/>.</summary>
    internal static string FirstWanted(string prefix, string? after) =>
        after is null || Utf8Order.Compare(after, prefix) < 0 ? prefix : after + "\0";
}
