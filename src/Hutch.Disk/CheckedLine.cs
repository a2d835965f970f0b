using System.Globalization;
using System.Numerics;

namespace Hutch.Disk;

/// <summary>
/// A JSON object on a line with its own checksum: its last member, <c>"crc":"8 hexadecimal digits"</c>, is the CRC32C of all bytes before
/// that member and its comma.
/// </summary>
public static class CheckedLine
{
    /// <summary>The name of the last member.</summary>
    public const string ChecksumName = "crc";

    private static ReadOnlySpan<byte> Name => "\"crc\":\""u8;

    public static string Seal(string json)
    {
        ArgumentException.ThrowIfNullOrEmpty(json);
        string body = json[..^1];
        return body + (body.EndsWith('{') ? "" : ",") + Member(Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Returns true if a line matches its checksum, or has none: older programs wrote no checksum.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> line)
    {
        int at = line.LastIndexOf(Name);
        if (at < 0)
        {
            return true;
        }

        ReadOnlySpan<byte> body = line[..at];
        return line[at..].SequenceEqual(Encoding.ASCII.GetBytes(Member(body.EndsWith(","u8) ? body[..^1] : body)));
    }

    private static string Member(ReadOnlySpan<byte> body)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in body)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return string.Create(CultureInfo.InvariantCulture, $"\"crc\":\"{~crc:x8}\"}}");
    }
}
