namespace Hutch.S3.Signing;

internal static class RequestTime
{
    /// <summary>
    /// The forms of RFC 9110 (<c>Fri, 24 May 2013 00:00:00 GMT</c>) and of mail (<c>… -0000</c>, as Python writes it), and that of
    /// <c>x-amz-date</c>.
    /// </summary>
    private static readonly string[] Formats =
    [
        SigV4.TimeFormat, "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "ddd, dd MMM yyyy HH:mm:ss 'UTC'", "ddd, d MMM yyyy HH:mm:ss zzz",
    ];

    public static bool TryParse(string? text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
