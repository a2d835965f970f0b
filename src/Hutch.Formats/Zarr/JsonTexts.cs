namespace Hutch.Formats.Zarr;

/// <summary>Lists of texts in the attributes of an array.</summary>
internal static class JsonTexts
{
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes notes on how a file was read, if there are any.</summary>
    public static void WriteNotes(this Utf8JsonWriter json, IReadOnlyCollection<string> notes)
    {
        if (notes.Count > 0)
        {
            json.WriteTexts("notes", notes);
        }
    }
}
