using System.Globalization;

namespace Hutch.Model.Analyses;

/// <summary>
/// When a frame came: the moment at which the process that holds the detector's socket had its last byte. It travels with the frame as user
/// metadata of its entry, in microseconds since 1970, so that whoever publishes a result knows how old it is.
/// </summary>
public static class FrameReceipt
{
    /// <summary>The name of the user metadata.</summary>
    public const string Key = "hutch-received";

    /// <summary>Writes a moment.</summary>
    public static string Format(DateTimeOffset moment) =>
        ((moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);

    /// <summary>The moment that an entry names; null when it names none.</summary>
    public static DateTimeOffset? Find(IReadOnlyDictionary<string, string>? userMetadata) =>
        userMetadata is not null && userMetadata.TryGetValue(Key, out string? text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds)
        && microseconds < (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
            ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            : null;
}
