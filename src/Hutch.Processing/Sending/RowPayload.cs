using Hutch.Processing.Runs;

namespace Hutch.Processing.Sending;

/// <summary>The content of a run's messages: the origin of their rows, and the dataset that keeps them.</summary>
internal sealed record RowPayload(ActiveRun Run, string Input)
{
    /// <summary>Returns a row as a message: the dataset's name, the row, then the ids.</summary>
    public JsonElement From(JsonElement row) => JsonElement.Parse(Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("file"u8, Input);
        foreach (JsonProperty value in row.EnumerateObject())
        {
            value.WriteTo(json);
        }

        WriteIds(json);
        json.WriteEndObject();
    }).Span);

    /// <summary>Writes the ids: <c>dataset</c>, <c>results</c>, <c>run</c>.</summary>
    public void WriteIds(Utf8JsonWriter json)
    {
        json.WriteString("dataset"u8, Run.Input.Dataset.ToString());
        json.WriteString("results"u8, Run.Output.ToString());
        json.WriteString("run"u8, Run.Id.ToString("N"));
    }

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            write(json);
        }

        return bytes.WrittenMemory;
    }
}
