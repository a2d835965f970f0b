using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Buckets;

/// <summary>
/// The list of a folder's segments in the bucket: a header, then a line for each object. Each line has a checksum. The bucket has one for
/// each change, the data folder has its own with more.
/// </summary>
/// <param name="Site">The id of the folder in the bucket, which outlasts lives.</param>
/// <param name="Epoch">The number of the life: a rebuild or take-over begins the next.</param>
/// <param name="Number">The number of the list in its life.</param>
/// <param name="LastNumber">The number above which segments are numbered.</param>
/// <param name="Objects">The number of lines that follow.</param>
/// <param name="DataFormat">The format of the data folder.</param>
/// <param name="Incarnation">The incarnation of the data folder.</param>
/// <param name="Start">The id of the last start that the folder knows; in the folder's own list only.</param>
/// <param name="Next">The id of a start that is being recorded; likewise.</param>
/// <param name="Earlier">The owner from which the bucket is being taken over; likewise.</param>
internal sealed record SegmentList(
    int Format, Guid Site, long Epoch, long Number, long LastNumber, int Objects, int DataFormat, string? Incarnation,
    StoredZone? Zone = null, Guid? Start = null, Guid? Next = null, EarlierOwner? Earlier = null)
{
    public const int CurrentFormat = 1;

    public const int MaxBytes = 64 << 20;

    [JsonIgnore]
    public IReadOnlyList<StoredSegment> Segments { get; init; } = [];

    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        SegmentList header = this with { Objects = Segments.Count };
        text.Append(CheckedLine.Seal(JsonSerializer.Serialize(header, FolderJson.Default.SegmentList))).Append('\n');
        foreach (StoredSegment segment in Segments)
        {
            text.Append(CheckedLine.Seal(JsonSerializer.Serialize(segment, FolderJson.Default.StoredSegment))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads a list; null when it is damaged or incomplete.</summary>
    public static SegmentList? Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            SegmentList? header = null;
            var segments = new List<StoredSegment>();
            foreach (Range range in bytes.Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = bytes[range];
                if (line.IsEmpty)
                {
                    continue;
                }

                if (!line.EndsWith("\"}"u8) || !CheckedLine.IsWhole(line))
                {
                    return null;
                }

                if (header is null)
                {
                    header = JsonSerializer.Deserialize(line, FolderJson.Default.SegmentList);
                }
                else
                {
                    segments.Add(JsonSerializer.Deserialize(line, FolderJson.Default.StoredSegment)!);
                }
            }

            return header is not null && header.Objects == segments.Count ? header with { Segments = segments } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
