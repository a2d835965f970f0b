using System.Security.Cryptography;

namespace Hutch.Detectors.DectrisStream;

/// <summary>Hutch's names of the channels of a stream: the frames of a channel get a folder of its name.</summary>
internal static class StreamChannel
{
    private const int HashDigits = 8;

    /// <summary>The detector's own name if a folder can have it, else one made of its SHA-256: no image is refused for a name.</summary>
    public static string NameOf(string channel) =>
        channel.Length == 0 || CanBeFolder(channel)
            ? channel
            : $"channel-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(channel)))[..HashDigits]}";

    private static bool CanBeFolder(string channel) =>
        DatasetPath.Parse(channel).TryGet(out DatasetPath path, out _)
        && path.Value == channel
        && !channel.Contains('/')
        && channel is not (FrameName.Header or FrameName.HeaderFolder)
        && !FrameName.TryParse(channel, out _)
        && !ReservedNames.IsReserved(path);
}
