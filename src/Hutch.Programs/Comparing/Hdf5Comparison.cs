using Hutch.Model.Contents;

namespace Hutch.Programs.Comparing;

/// <summary>
/// Compares two HDF5 files whose objects, types, shapes and texts must be equal, and whose numbers may differ within a tolerance. Reads
/// blocks of a bounded size. How a file stores its values (chunks, filters, order of objects) does not count.
/// </summary>
/// <remarks>For one comparison.</remarks>
public sealed class Hdf5Comparison
{
    private const int MaxObjects = 100_000;
    private const int MaxDepth = 60;
    private const int MaxJsonDepth = 100;

    // A file of a few bytes can have an array of any size.
    private const long MaxValues = 100_000_000_000;
    private const long BlockBytes = 16 << 20;
    private const long TextsInBlock = 10_000;

    private const int Integer = 0;
    private const int Float = 1;

    // Bits, opaque bytes and enumerations.
    private static readonly int[] Exact = [4, 5, 8];

    private readonly string _file;
    private readonly Hdf5Reader _before;
    private readonly Hdf5Reader _after;
    private readonly NumberTolerance _tolerance;
    private double _largest;
    private int _objects;
    private long _values;
    private bool _hasNull;

    /// <param name="file">The path of the files, each in its dataset.</param>
    public Hdf5Comparison(string file, Hdf5Reader before, Hdf5Reader after, double relative, double absolute)
    {
        (_file, _before, _after) = (file, before, after);
        _tolerance = new NumberTolerance(relative, absolute);
    }

    /// <summary>Compares to the end, or to the first difference that is not allowed.</summary>
    public async Task<NumericComparison> CompareAsync(CancellationToken ct)
    {
        string? fault;
        try
        {
            Answer<JsonElement> root = await AskAsync("/", ContentQuery.Meta, null, ct);
            fault = root.Fault ?? await CompareGroupAsync("/", root, 0, ct);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            fault = "its reader gave an answer of another form";
        }

        return new NumericComparison(_largest, fault)
        {
            NotCompared = fault is null && _hasNull ? "whether numbers of attributes and records are NaN or infinite" : null,
        };
    }

    private async Task<string?> CompareGroupAsync(string path, Answer<JsonElement> group, int depth, CancellationToken ct)
    {
        if (depth > MaxDepth)
        {
            return $"groups are nested more than {MaxDepth} times";
        }

        if (await CompareAttributesAsync(path, group, ct) is { } fault)
        {
            return fault;
        }

        (JsonElement[] before, JsonElement[] after) = (Children(group.Before), Children(group.After));
        string[] names = [.. before.Select(Name)], others = [.. after.Select(Name)];
        if (names.Except(others).Concat(others.Except(names)).FirstOrDefault() is { } only)
        {
            return $"{Display.Quote(Below(path, only))} is in one of the files only";
        }

        foreach ((JsonElement one, JsonElement other) in before.Zip(after))
        {
            if (++_objects > MaxObjects)
            {
                return $"it has more than {MaxObjects} objects, the most of a file with a tolerance";
            }

            if (await CompareObjectAsync(Below(path, Name(one)), new Answer<JsonElement>(one, other), depth, ct) is { } different)
            {
                return different;
            }
        }

        return null;
    }

    private async Task<string?> CompareObjectAsync(string path, Answer<JsonElement> found, int depth, CancellationToken ct)
    {
        string kind = found.Before.GetProperty("kind").GetString()!;
        if (kind != found.After.GetProperty("kind").GetString())
        {
            return $"{Display.Quote(path)} is another kind of object";
        }

        switch (kind)
        {
            case "group":
                Answer<JsonElement> group = await AskAsync(path, ContentQuery.Meta, null, ct);
                return group.Fault ?? await CompareGroupAsync(path, group, depth + 1, ct);
            case "dataset":
                return await CompareAttributesAsync(path, found, ct) ?? await CompareArrayAsync(path, found, ct);
            case "datatype":
                return FindDifference(path, "type", found) ?? await CompareAttributesAsync(path, found, ct);
            case "soft_link" or "external_link":
                return JsonElement.DeepEquals(found.Before, found.After) ? null : $"{Display.Quote(path)} is a link to another target";
            default:
                return $"{Display.Quote(path)} is of a kind that is not compared";
        }
    }

    private async Task<string?> CompareAttributesAsync(string path, Answer<JsonElement> owner, CancellationToken ct)
    {
        (JsonElement before, JsonElement after) = (owner.Before.GetProperty("attributes"), owner.After.GetProperty("attributes"));
        string subject = $"the attributes of {Display.Quote(path)}";
        if (!JsonElement.DeepEquals(before, after))
        {
            return $"{subject} have other names, types or shapes";
        }

        if (before.GetArrayLength() == 0)
        {
            return null;
        }

        Answer<JsonElement> values = await AskAsync(path, ContentQuery.Attributes, null, ct);
        return values.Fault ?? (CompareJson(values.Before, values.After) is { } fault ? $"{subject}: {fault}" : null);
    }

    private async Task<string?> CompareArrayAsync(string path, Answer<JsonElement> array, CancellationToken ct)
    {
        if ((FindDifference(path, "type", array) ?? FindDifference(path, "shape", array)) is { } fault)
        {
            return fault;
        }

        if (array.Before.GetProperty("shape") is not { ValueKind: JsonValueKind.Array } dimensions)
        {
            return null;
        }

        long[] shape = [.. dimensions.EnumerateArray().Select(static one => one.GetInt64())];
        Int128 values = shape.Aggregate((Int128)1, static (product, length) => Int128.Min(product * length, (Int128)MaxValues + 1));
        if (shape.Contains(0))
        {
            return null;
        }

        _values += (long)values;
        if (_values > MaxValues)
        {
            return $"it has more than {MaxValues} numbers, the most of a file with a tolerance";
        }

        JsonElement type = array.Before.GetProperty("type");
        (int kind, int size) = (ClassOf(type), type.GetProperty("size").GetInt32());
        bool isBinary = kind is Integer or Float || Exact.Contains(kind);
        long most = isBinary ? Math.Max(1, BlockBytes / Math.Max(1, size)) : TextsInBlock;
        foreach (ArrayBlock block in ArrayBlock.Of(shape, most))
        {
            string? different = isBinary
                ? await CompareNumbersAsync(path, type, block, ct)
                : await CompareTextsAsync(path, block, ct);
            if (different is not null)
            {
                return different;
            }
        }

        return null;
    }

    private async Task<string?> CompareNumbersAsync(string path, JsonElement type, ArrayBlock block, CancellationToken ct)
    {
        bool isExact = Exact.Contains(ClassOf(type));
        Answer<byte[]> found = await ReadAsync(
            new ContentRequest
            {
                Question = ContentQuery.Data,
                File = _file,
                Path = path,
                Selection = block.Selection,
                Form = ContentForm.Binary,
                IsSafe = !isExact,
                Links = LinkResolution.None,
            },
            ct);
        if (found.Fault is not null || found.Before.AsSpan().SequenceEqual(found.After))
        {
            return found.Fault;
        }

        if (isExact || found.Before.Length != found.After.Length || found.Before.Length % block.Values != 0)
        {
            return $"{Display.Quote(path)} has other values";
        }

        string form = (ClassOf(type) == Float ? "f" : type.GetProperty("sign").GetInt32() == 1 ? "i" : "u")
            + (found.Before.Length / block.Values).ToString(CultureInfo.InvariantCulture);
        return NumberBlock.FindFault(form, found.Before, found.After, _tolerance, ref _largest) is { } fault
            ? $"{Display.Quote(path)}{block.Locate(fault.Index)}: {fault.Words}"
            : null;
    }

    private async Task<string?> CompareTextsAsync(string path, ArrayBlock block, CancellationToken ct)
    {
        Answer<JsonElement> found = await AskAsync(path, ContentQuery.Data, block.Selection, ct);
        return found.Fault ?? (CompareJson(found.Before, found.After) is { } fault ? $"{Display.Quote(path)}: {fault}" : null);
    }

    private string? CompareJson(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind)
        {
            return "it has values of another kind";
        }

        switch (one.ValueKind)
        {
            case JsonValueKind.Object:
                JsonProperty[] before = [.. one.EnumerateObject()], after = [.. other.EnumerateObject()];
                return !before.Select(static member => member.Name).SequenceEqual(after.Select(static member => member.Name))
                    ? "it has other members"
                    : before.Zip(after).Select(pair => CompareJson(pair.First.Value, pair.Second.Value) is { } fault
                        ? $"{Display.Quote(pair.First.Name)}, {fault}" : null).FirstOrDefault(static fault => fault is not null);
            case JsonValueKind.Array:
                return one.GetArrayLength() != other.GetArrayLength()
                    ? "it has another number of values"
                    : one.EnumerateArray().Zip(other.EnumerateArray()).Select(pair => CompareJson(pair.First, pair.Second))
                        .FirstOrDefault(static fault => fault is not null);
            case JsonValueKind.Number:
                bool isSame = one.GetRawText() == other.GetRawText()
                    || _tolerance.Allows(one.GetDouble(), other.GetDouble(), ref _largest);
                return isSame ? null : $"{one.GetRawText()} became {other.GetRawText()}";
            case JsonValueKind.String:
                return one.GetString() == other.GetString() ? null : "another text";
            case JsonValueKind.Null:
                _hasNull = true; // an answer in JSON has this for all numbers that are not finite
                return null;
            default:
                return null; // true or false, which are kinds of their own
        }
    }

    private static string? FindDifference(string path, string key, Answer<JsonElement> found) =>
        JsonElement.DeepEquals(found.Before.GetProperty(key), found.After.GetProperty(key))
            ? null
            : $"{Display.Quote(path)} has another {key}";

    private static int ClassOf(JsonElement type) => type.GetProperty("class").GetInt32();

    private static JsonElement[] Children(JsonElement group) =>
        [.. group.GetProperty("children").EnumerateArray().OrderBy(Name, StringComparer.Ordinal)];

    private static string Name(JsonElement item) => item.GetProperty("name").GetString()!;

    private static string Below(string path, string name) => path == "/" ? path + name : $"{path}/{name}";

    private async Task<Answer<JsonElement>> AskAsync(string path, ContentQuery question, string? selection, CancellationToken ct)
    {
        Answer<byte[]> found = await ReadAsync(
            new ContentRequest
            {
                Question = question,
                File = _file,
                Path = path,
                Selection = selection,
                Links = LinkResolution.None,
            },
            ct);
        return found.Fault is { } fault ? new Answer<JsonElement>(fault) : new Answer<JsonElement>(Parse(found.Before), Parse(found.After));
    }

    private async Task<Answer<byte[]>> ReadAsync(ContentRequest request, CancellationToken ct)
    {
        if (!(await _before(request, ct)).TryGet(out byte[]? before, out HutchError? refusal)
            || !(await _after(request, ct)).TryGet(out byte[]? after, out refusal))
        {
            // Data that are unavailable now may return later.
            return refusal.Code.Status >= 500 ? throw refusal.ToException() : new Answer<byte[]>(refusal.Message);
        }

        return new Answer<byte[]>(before, after);
    }

    private static JsonElement Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        return document.RootElement.Clone();
    }

    /// <summary>The answers about both files, or the reason why there is none.</summary>
    private sealed record Answer<T>(T Before, T After, string? Fault = null)
    {
        public Answer(string fault)
            : this(default!, default!, fault)
        {
        }
    }
}
