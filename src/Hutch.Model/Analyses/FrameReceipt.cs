namespace Hutch.Model.Analyses;

/// <summary>
/// The time of a frame's arrival: when the process with the detector's socket had its last byte. It travels with the frame as user metadata
/// of its entry, in microseconds since 1970, so that the publisher of a result knows its age.
/// </summary>
public static class FrameReceipt
{
    /// <summary>The name of the user metadata.</summary>
    public const string Key = "hutch-received";

    public static string Format(DateTimeOffset moment) =>
        ((moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);

    /// <summary>The time of arrival from an entry's metadata; null if there is none.</summary>
    public static DateTimeOffset? Find(IReadOnlyDictionary<string, string>? userMetadata) =>
        userMetadata is not null && userMetadata.TryGetValue(Key, out string? text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds)
        && microseconds < (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
            ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            : null;
}
