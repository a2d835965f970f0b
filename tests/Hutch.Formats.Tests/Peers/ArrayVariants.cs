using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Peers;

/// <summary>
/// Compares files with one array each with the numbers and attributes that their writer put into them, or another reader found there. The
/// script writes the files, and <c>expected.json</c>.
/// </summary>
internal static class ArrayVariants
{
    private const double Within = 1e-5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task CompareAsync(string script)
    {
        using var folder = new TemporaryFolder();
        int count = Variants.Count(200);
        await folder.WithH5pyAsync($"seed, count = {Variants.Seed}, {count}\n" + script);
        await using var contents = new Contents(folder);
        JsonArray expected = JsonNode.Parse(await File.ReadAllBytesAsync(folder["expected.json"], Cancellation))!.AsArray();
        Assert.Equal(count, expected.Count);
        var differences = new List<string>();
        foreach (JsonObject? one in expected.Select(static one => one!.AsObject()))
        {
            string file = (string)one["file"]!;
            differences.AddRange((await CompareAsync(contents, file, one)).Select(each => $"{file}: {each}\n  {one["variant"]}"));
        }

        Assert.True(differences.Count == 0, Variants.Repeat($"{differences.Count} differences, such as\n{string.Join("\n", differences.Take(8))}\n"));
    }

    private static async Task<List<string>> CompareAsync(Contents contents, string file, JsonObject expected)
    {
        Result<byte[]> described = await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, file, "/.zarray"));
        if (expected["refusal"] is { } refusal)
        {
            return described.IsOk ? [$"it is read, and should not be: {refusal}"]
                : described.Error.Message.Contains((string)refusal!, StringComparison.Ordinal) ? [] : [described.Error.Message];
        }

        if (!described.IsOk)
        {
            return [described.Error.Message];
        }

        JsonElement layout = JsonDocument.Parse(described.Value).RootElement;
        int[] shape = [.. layout.GetProperty("shape").EnumerateArray().Select(static length => length.GetInt32())];
        int[] wanted = [.. expected["shape"]!.AsArray().Select(static length => (int)length!)];
        string type = layout.GetProperty("dtype").GetString()!;
        if (!shape.SequenceEqual(wanted) || type[1..] != (string)expected["kind"]!)
        {
            return [$"it has {type} and the shape [{string.Join(", ", shape)}], and should have {expected["kind"]} and [{string.Join(", ", wanted)}]"];
        }

        var differences = new List<string>();
        await CompareNumbersAsync(contents, file, layout, (string)expected["sha256"]!, differences);
        JsonNode attributes = JsonNode.Parse((await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, file, "/.zattrs"))).Value)!;
        foreach ((string name, JsonNode? value) in expected["attributes"]?.AsObject() ?? [])
        {
            if (!IsSame(attributes[name], value))
            {
                differences.Add($"{name} is {attributes[name]?.ToJsonString() ?? "absent"}, and should be {value?.ToJsonString() ?? "absent"}");
            }
        }

        string notes = attributes["notes"]?.ToJsonString() ?? "";
        string[] words = [.. expected["notes"]?.AsArray().Select(static word => (string)word!) ?? []];
        differences.AddRange(words.Where(word => !notes.Contains(word, StringComparison.Ordinal)).Select(word => $"no note about '{word}', but: {notes}"));
        differences.AddRange(words.Length == 0 && notes.Length > 0 ? [$"it has notes: {notes}"] : []);
        return differences;
    }

    /// <summary>Compares all numbers, read as one part and by chunks.</summary>
    private static async Task CompareNumbersAsync(
        Contents contents, string file, JsonElement layout, string expected, List<string> differences)
    {
        long[] shape = [.. layout.GetProperty("shape").EnumerateArray().Select(static length => length.GetInt64())];
        long[] chunks = [.. layout.GetProperty("chunks").EnumerateArray().Select(static length => length.GetInt64())];
        string type = layout.GetProperty("dtype").GetString()!;
        if (shape.Contains(0))
        {
            return; // nothing to compare
        }

        int size = int.Parse(type[2..], CultureInfo.InvariantCulture);
        string all = string.Join(',', shape.Select(static _ => ":"));
        Result<byte[]> part = await contents.BytesAsync(Contents.Ask(
            ContentQuery.Zarr, file, shape.Length == 0 ? "/0" : $"/.part/{all}/{string.Join('.', shape.Select(static _ => "0"))}"));
        if (!part.IsOk)
        {
            differences.Add(part.Error.Message);
            return;
        }

        byte[] numbers = part.Value[..(int)(shape.Aggregate(1L, static (product, length) => product * length) * size)];
        int perChunk = (int)chunks.Aggregate((long)size, static (product, length) => product * length);
        int lead = shape.Zip(chunks).TakeWhile(static pair => pair.Second == 1).Count();
        if (shape.Length > 0 && layout.GetProperty("order").GetString() == "C" && shape.Skip(lead).SequenceEqual(chunks.Skip(lead)) && numbers.Length / perChunk < 1000)
        {
            for (int chunk = 0; chunk < numbers.Length / perChunk; chunk++)
            {
                string key = string.Join('.', Index(chunk, shape, lead));
                Result<byte[]> read = await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, file, "/" + key));
                if (!read.IsOk || !read.Value.AsSpan().SequenceEqual(numbers.AsSpan(chunk * perChunk, perChunk)))
                {
                    differences.Add($"the chunk {key} differs from the part: {(read.IsOk ? "" : read.Error.Message)}");
                }
            }
        }

        int word = type[1] == 'c' ? size / 2 : size;
        for (int at = 0; type[0] == '>' && at < numbers.Length; at += word)
        {
            Array.Reverse(numbers, at, word);
        }

        if (TestData.Sha256(numbers) != expected)
        {
            differences.Add("its numbers differ");
        }
    }

    private static long[] Index(long chunk, long[] shape, int lead)
    {
        long[] index = new long[shape.Length];
        for (int axis = lead - 1; axis >= 0; axis--)
        {
            (chunk, index[axis]) = Math.DivRem(chunk, shape[axis]);
        }

        return index;
    }

    /// <summary>Compares numbers within the precision of the file, all else exactly.</summary>
    private static bool IsSame(JsonNode? got, JsonNode? wanted) => (got, wanted) switch
    {
        (null, null) => true,
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(static pair => IsSame(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number =>
            Math.Abs((double)a - (double)b) <= (Math.Abs((double)b) * Within) + Within,
        _ => JsonNode.DeepEquals(got, wanted),
    };
}
