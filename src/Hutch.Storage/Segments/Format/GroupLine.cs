using System.Text.Json;

namespace Hutch.Storage.Segments.Format;

/// <summary>The first line of the member that ends a group. JSON, keys in fixed order, no white space.</summary>
/// <param name="Id">The secret random id of the segment, so that no body can pretend to be a group when recovery searches for one.</param>
/// <param name="Group">Number of the group in its segment, from 1.</param>
/// <param name="Offset">Offset of the group's first header in the segment.</param>
/// <param name="Members">Members before this one.</param>
/// <param name="Bytes">Sum of the lengths of their bodies.</param>
/// <param name="HeadersCrc32C">CRC32C over their headers; each of these holds the CRC32C of a body.</param>
/// <param name="First">First sequence number; 0 without records.</param>
/// <param name="Last">Last sequence number; 0 without records.</param>
internal readonly record struct GroupLine(
    Guid Id, long Group, long Offset, int Members, long Bytes, uint HeadersCrc32C, long First, long Last)
{
    /// <summary>The maximum length of a group line.</summary>
    public const int MaxSize = 320;

    private const string Kind = "storage.group";

    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"k\":\"{Kind}\",\"id\":\"{Id:D}\",\"group\":{Group},\"offset\":{Offset},\"members\":{Members},\"bytes\":{Bytes},"
        + $"\"headersCrc\":\"{HeadersCrc32C:x8}\",\"first\":{First},\"last\":{Last}}}\n");

    public int Write(Span<byte> destination) => Encoding.ASCII.GetBytes(ToText(), destination);

    /// <summary>Reads a line that <see cref="Write"/> could have written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out GroupLine group)
    {
        group = default;
        try
        {
            group = Parse(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return false;
        }

        return line.SequenceEqual(Encoding.ASCII.GetBytes(group.ToText()));
    }

    private static GroupLine Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        Guid id = default;
        long group = 0, offset = 0, members = 0, bytes = 0, first = 0, last = 0;
        uint crc = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "id": id = reader.GetGuid(); break;
                case "group": group = reader.GetInt64(); break;
                case "offset": offset = reader.GetInt64(); break;
                case "members": members = reader.GetInt64(); break;
                case "bytes": bytes = reader.GetInt64(); break;
                case "headersCrc":
                    crc = uint.Parse(reader.GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    break;
                case "first": first = reader.GetInt64(); break;
                case "last": last = reader.GetInt64(); break;
                default: break;
            }
        }

        return new GroupLine(id, group, offset, checked((int)members), bytes, crc, first, last);
    }
}
