namespace Hutch.Formats.Zarr;

/// <param name="describe">Returns the error of the file that an exception reports; null for a bug in Hutch.</param>
internal sealed class ZarrAnswer(ContentRequest request, Func<Exception, HutchError?> describe)
{
    /// <summary>The attribute that lists omitted parts, with reasons.</summary>
    public const string LeftOut = "hutch_left_out";

    private const int MaxNodes = 20_000;
    private const int MaxLeftOut = 1000;

    private readonly ZarrKey _key = ZarrKey.Parse(request.Path);

    /// <exception cref="HutchException">There is none.</exception>
    public ReadOnlyMemory<byte> Write(IZarrTree tree)
    {
        using ZarrNode found = tree.Find(_key.Path) ?? throw Absent();
        ZarrNode node = _key.Part is not { } part ? found
            : found with { Array = new PartArray(found.Array ?? throw Absent(), part) };
        return _key.Name switch
        {
            ZarrKey.Attributes => JsonBytes.Write(node.WriteAttributes),
            ZarrKey.Array when node.Array is { } array => JsonBytes.Write(array.Layout.Write),
            ZarrKey.Group when node.Array is null => JsonBytes.Write(ZarrLayout.WriteGroup),
            ZarrKey.Metadata => JsonBytes.Write(json => WriteAll(json, tree, node)),
            _ when node.Array is { } empty && _key.IsOfNoValues(empty.Layout) => ReadOnlyMemory<byte>.Empty,
            _ when node.Array is { } array && _key.Chunk(array.Layout) is { } index => array.Read(index, request.MaxBytes)
                ?? throw ErrorCode.NotFound.With($"The chunk {_key.Name} was never written: its values are the fill value.").ToException(),
            _ => throw Absent(),
        };
    }

    private HutchException Absent() => ErrorCode.NotFound.With(
        $"There is no {Display.Quote(request.Path)} in the Zarr view of {Display.Quote(request.File)}.").ToException();

    /// <summary>
    /// All documents in one: https://zarr.readthedocs.io/en/v2.13.3/spec.html has no word of it, its clients have. What cannot be shown
    /// is left out: the others are no worse for it.
    /// </summary>
    private void WriteAll(Utf8JsonWriter json, IZarrTree tree, ZarrNode top)
    {
        var leftOut = new Dictionary<string, string>();
        json.WriteStartObject();
        json.WriteNumber("zarr_consolidated_format", 1);
        json.WriteStartObject("metadata");
        WriteNode(json, "", top);
        string root = _key.Path.TrimEnd('/') + "/";
        int count = 0;
        var groups = new Stack<string>(top.Array is null ? [_key.Path] : []);
        while (groups.TryPop(out string? group))
        {
            foreach ((string path, bool isLookedInto) in Try(group, () => tree.In(group)) ?? [])
            {
                count += Try(path, () => WriteMember(path, isLookedInto));
                if (count > MaxNodes || json.BytesCommitted + json.BytesPending > request.MaxBytes)
                {
                    throw ErrorCode.TooLarge.With(
                        $"There are more than {MaxNodes} groups and arrays, or their documents are too long for one: open a group inside.")
                        .ToException();
                }
            }
        }

        json.WriteEndObject();
        WriteLeftOut(json, leftOut);
        json.WriteEndObject();

        int WriteMember(string path, bool isLookedInto)
        {
            using ZarrNode? node = tree.Find(path);
            if (node is null)
            {
                return 0;
            }

            WriteNode(json, path[root.Length..] + "/", node);
            if (node.Array is null && isLookedInto)
            {
                groups.Push(path);
            }

            return 1;
        }

        T? Try<T>(string path, Func<T> work)
        {
            try
            {
                return work();
            }
            catch (Exception e) when (leftOut.Count < MaxLeftOut && describe(e) is { } error)
            {
                leftOut[path.Length > root.Length ? path[root.Length..] : "/"] = error.Message;
                return default;
            }
        }
    }

    public static void WriteLeftOut(Utf8JsonWriter json, Dictionary<string, string> leftOut)
    {
        if (leftOut.Count == 0)
        {
            return;
        }

        json.WriteStartObject(LeftOut);
        foreach ((string name, string why) in leftOut)
        {
            json.WriteString(name, why);
        }

        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, string prefix, ZarrNode node)
    {
        ReadOnlyMemory<byte> what = JsonBytes.Write(node.Array is { } array ? array.Layout.Write : ZarrLayout.WriteGroup);
        ReadOnlyMemory<byte> attributes = JsonBytes.Write(node.WriteAttributes);
        json.WritePropertyName(prefix + (node.Array is null ? ZarrKey.Group : ZarrKey.Array));
        json.WriteRawValue(what.Span, skipInputValidation: true);
        json.WritePropertyName(prefix + ZarrKey.Attributes);
        json.WriteRawValue(attributes.Span, skipInputValidation: true);
    }
}
