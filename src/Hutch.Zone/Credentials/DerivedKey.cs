namespace Hutch.Zone.Credentials;

/// <summary>The signing keys of an S3 key for one region and some days in a row: what AWS's key chain derives from its secret.</summary>
/// <param name="Token">The public part of the token that the zone made of the key for a site.</param>
/// <param name="Key">The public part of the key itself, which its access key contains.</param>
/// <param name="Bytes">The signing keys of the days, 32 bytes each.</param>
public sealed record DerivedKey(string Token, string Key, DateOnly First, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Days behind the present one: the life of presigned addresses.</summary>
    public const int DaysBack = 7;

    /// <summary>Days ahead of the present one: a site continues for a day without its zone, and clocks differ.</summary>
    public const int DaysAhead = 2;

    /// <summary>The days of a whole set.</summary>
    public const int Days = DaysBack + 1 + DaysAhead;

    private const string DateFormat = "yyyyMMdd";

    public static string Format(DateOnly day) => day.ToString(DateFormat, CultureInfo.InvariantCulture);

    public static bool TryParseDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Creates keys from parts that came from elsewhere; null for invalid ones.</summary>
    public static DerivedKey? Read(string token, string key, string first, byte[]? bytes) =>
        TokenText.IsId(token) && TokenText.IsId(key) && TryParseDay(first, out DateOnly day)
            && bytes is { Length: > 0 and <= Days * HMACSHA256.HashSizeInBytes } && bytes.Length % HMACSHA256.HashSizeInBytes == 0
            ? new DerivedKey(token, key, day, bytes)
            : null;

    /// <summary>The key of a day; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Find(DateOnly day)
    {
        int at = (day.DayNumber - First.DayNumber) * HMACSHA256.HashSizeInBytes;
        return at >= 0 && at < Bytes.Length ? Bytes.Slice(at, HMACSHA256.HashSizeInBytes) : default;
    }

    /// <summary>Returns true if it has the keys of a day and the days ahead of it.</summary>
    public bool ReachesAhead(DateOnly today) => !Find(today.AddDays(DaysAhead)).IsEmpty;

    /// <summary>The same without the days that are too long ago; null when none is left.</summary>
    public DerivedKey? Without(DateOnly today)
    {
        int old = Math.Max(0, today.DayNumber - DaysBack - First.DayNumber);
        return old == 0 ? this
            : old * HMACSHA256.HashSizeInBytes >= Bytes.Length ? null
            : this with { First = First.AddDays(old), Bytes = Bytes[(old * HMACSHA256.HashSizeInBytes)..] };
    }

    /// <summary>The public parts, never a key.</summary>
    public override string ToString() => $"{Key} for {Token}";
}
