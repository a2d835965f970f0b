using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Contents;

namespace Hutch.Formats.Zarr;

/// <summary>What a store of Zarr has under a key.</summary>
internal sealed class ZarrAnswer(ContentRequest request)
{
    private const int MaxNodes = 20_000;

    private readonly ZarrKey _key = ZarrKey.Parse(request.Path);

    /// <summary>The document or chunk.</summary>
    /// <exception cref="HutchException">There is none.</exception>
    public ReadOnlyMemory<byte> Write(IZarrTree tree)
    {
        using ZarrNode found = tree.Find(_key.Path) ?? throw Absent();
        ZarrNode node = _key.Part is not { } part ? found
            : found with { Array = new PartArray(found.Array ?? throw Absent(), part) };
        return _key.Name switch
        {
            ZarrKey.Attributes => JsonBytes.Of(node.WriteAttributes),
            ZarrKey.Array when node.Array is { } array => JsonBytes.Of(array.Layout.Write),
            ZarrKey.Group when node.Array is null => JsonBytes.Of(ZarrLayout.WriteGroup),
            ZarrKey.Metadata => JsonBytes.Of(json => WriteAll(json, tree, node)),
            _ when node.Array is { } array && _key.Chunk(array.Layout) is { } index => array.Read(index, request.MaxBytes)
                ?? throw ErrorCode.NotFound.With($"The chunk {_key.Name} was never written: its values are the fill value.").ToException(),
            _ => throw Absent(),
        };
    }

    private HutchException Absent() => ErrorCode.NotFound.With(
        $"There is no {Display.Quote(request.Path)} in the Zarr view of {Display.Quote(request.File)}.").ToException();

    /// <summary>All documents in one: https://zarr.readthedocs.io/en/v2.13.3/spec.html has no word of it, its clients have.</summary>
    private void WriteAll(Utf8JsonWriter json, IZarrTree tree, ZarrNode top)
    {
        json.WriteStartObject();
        json.WriteNumber("zarr_consolidated_format", 1);
        json.WriteStartObject("metadata");
        WriteNode(json, "", top);
        string root = _key.Path.TrimEnd('/') + "/";
        int count = 0;
        foreach (string path in top.Array is null ? tree.Below(_key.Path) : [])
        {
            using ZarrNode? node = tree.Find(path);
            if (node is null)
            {
                continue;
            }

            WriteNode(json, path[root.Length..] + "/", node);
            if (++count > MaxNodes || json.BytesCommitted + json.BytesPending > request.MaxBytes)
            {
                throw ErrorCode.TooLarge.With(
                    $"There are more than {MaxNodes} groups and arrays, or their documents are too long for one: open a group inside.")
                    .ToException();
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, string prefix, ZarrNode node)
    {
        if (node.Array is { } array)
        {
            json.WritePropertyName(prefix + ZarrKey.Array);
            array.Layout.Write(json);
        }
        else
        {
            json.WritePropertyName(prefix + ZarrKey.Group);
            ZarrLayout.WriteGroup(json);
        }

        json.WritePropertyName(prefix + ZarrKey.Attributes);
        node.WriteAttributes(json);
    }
}
