using System.Text.Json;

namespace Hutch.Storage.Segments.Format;

/// <summary>The body of <c>hutch-segment.json</c>, a segment's first member.</summary>
/// <param name="MinReader">The oldest format a program must know to read it.</param>
/// <param name="Id">Its random id, repeated in every group line.</param>
/// <param name="Created">When it was begun, to the second.</param>
internal readonly record struct SegmentIdentity(int MinReader, long Segment, Guid Id, Guid Store, Lane Lane, DateTimeOffset Created)
{
    public const int Format = 2;

    /// <summary>The oldest format that a program must know to read what this one writes.</summary>
    public const int OldestReader = 1;

    /// <summary>Nothing longer is taken for an identity.</summary>
    public const int MaxSize = 4096;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public int WrittenFormat { get; init; } = Format;

    /// <summary>The seal of the previous segment in its lane; null if there is none, or it was not sealed. Since format 2.</summary>
    public SegmentSeal? Previous { get; init; }

    public byte[] ToBytes()
    {
        string created = Created.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        string previous = Previous is { } seal ? $",\"previous\":\"{seal.ToText()}\"" : "";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"format\":{Format},\"minReader\":{MinReader},\"segment\":{Segment},\"id\":\"{Id:D}\",\"store\":\"{Store:D}\","
            + $"\"lane\":\"{Lane}\",\"created\":\"{created}\"{previous}}}\n"));
    }

    /// <summary>The whole first member: header, body and padding.</summary>
    public byte[] ToMember()
    {
        byte[] body = ToBytes();
        var member = new byte[TarLayout.MemberSize(body.Length)];
        new MemberHeader(new MemberName(MemberRole.Identity), body.Length, Checksum.Crc32C(body)).Write(member);
        body.CopyTo(member, MemberHeader.Size);
        return member;
    }

    /// <summary>Reads an identity of this or a later format (unknown keys are passed over).</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out SegmentIdentity identity)
    {
        identity = default;
        try
        {
            using JsonDocument json = JsonDocument.Parse(body.ToArray());
            JsonElement root = json.RootElement;
            if (!Lane.TryParse(root.GetProperty("lane").GetString(), out Lane lane))
            {
                return false;
            }

            identity = new SegmentIdentity(
                root.GetProperty("minReader").GetInt32(),
                root.GetProperty("segment").GetInt64(),
                root.GetProperty("id").GetGuid(),
                root.GetProperty("store").GetGuid(),
                lane,
                DateTimeOffset.ParseExact(
                    root.GetProperty("created").GetString()!, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))
            {
                WrittenFormat = root.GetProperty("format").GetInt32(),
                Previous = root.TryGetProperty("previous", out JsonElement previous)
                    && SegmentSeal.TryParse(previous.GetString() ?? "", out SegmentSeal seal) ? seal : null,
            };
            return true;
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentNullException)
        {
            return false;
        }
    }
}
