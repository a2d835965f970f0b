namespace Hutch.Formats.NxMx;

/// <param name="Name">Its name in the header: <c>pixel_mask</c>, or <c>CHANNEL/pixel_mask</c> for a channel's own.</param>
/// <param name="EntryPath">The path of the entry, such as <c>header.d/pixel_mask.npy</c>.</param>
internal sealed record HeaderArray(string Name, string EntryPath, SeriesArray Source)
{
    private const string ChannelSuffix = "_channel";

    /// <summary>
    /// Chooses the entries: the detector's own mask before that in <c>detectorSpecific</c>, which is a copy of it; the first channel's
    /// where the detector has none; others' under the name of their channel.
    /// </summary>
    public static IReadOnlyList<HeaderArray> Choose(SeriesDescription series)
    {
        string detector = Path.GetFileName(new NexusGroups(series.Nexus).Detector);
        var chosen = new Dictionary<string, HeaderArray>(StringComparer.Ordinal);
        foreach (SeriesArray array in series.Arrays.OrderBy(array => Rank(array, detector, series.Channels[0])))
        {
            string? channel = ChannelOf(array);
            string name = channel is null || channel == series.Channels[0] ? array.Name : $"{channel}/{array.Name}";
            chosen.TryAdd(name, new HeaderArray(name, $"{FrameHeader.ArrayFolder}/{name}.npy", array));
        }

        return [.. chosen.Values.OrderBy(static array => array.EntryPath, StringComparer.Ordinal)];
    }

    private static int Rank(SeriesArray array, string detector, string firstChannel)
    {
        if (ChannelOf(array) is { } channel)
        {
            return channel == firstChannel ? 1 : 3;
        }

        return array.Path.EndsWith($"/{detector}/{array.Name}", StringComparison.Ordinal) ? 0 : 2;
    }

    private static string? ChannelOf(SeriesArray array)
    {
        string[] parts = array.Path.Split('/');
        string group = parts.Length > 1 ? parts[^2] : "";
        return group.EndsWith(ChannelSuffix, StringComparison.Ordinal) ? group[..^ChannelSuffix.Length] : null;
    }
}
