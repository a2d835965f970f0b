namespace Hutch.Model.Records;

/// <summary>Reads journal records from the JSON lines of <see cref="RecordLineWriter"/>.</summary>
public static class RecordJson
{
    /// <summary>Reads one record from a line without its line feed.</summary>
    /// <exception cref="JsonException">The line is not a record that this version knows.</exception>
    public static JournalRecord Read(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, RecordJsonContext.Default.JournalRecord) ?? throw new JsonException("A record is never null.");

    /// <exception cref="JsonException">A line is not a record that this version knows.</exception>
    public static IReadOnlyList<JournalRecord> ReadLines(ReadOnlySpan<byte> lines)
    {
        var records = new List<JournalRecord>();
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range];
            if (!line.IsEmpty)
            {
                records.Add(Read(line));
            }
        }

        return records;
    }
}

/// <summary>The generated JSON code of the journal. It is strict, because an unknown line must never be skipped silently.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(JournalRecord))]
[JsonSerializable(typeof(RunDescription))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class RecordJsonContext : JsonSerializerContext;
