namespace Hutch.Formats.Microscopy;

/// <summary>The items of SerialEM's navigator, a .nav in one of its forms: text, or XML with the same keys.</summary>
public static class Navigator
{
    /// <exception cref="HutchException">It is no .nav.</exception>
    public static IReadOnlyList<NavigatorItem> Read(string name, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> start = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes.Span[3..] : bytes.Span;
        bool isXml = start.TrimStart(" \t\r\n"u8).StartsWith((byte)'<');
        IReadOnlyList<AutodocSection> items = isXml ? ReadXml(name, bytes) : ReadText(name, bytes);
        return [.. items.Select(Item)];
    }

    private static AutodocSection[] ReadText(string name, ReadOnlyMemory<byte> bytes)
    {
        Autodoc document = Autodoc.Read(name, bytes);
        return document.Globals["AdocVersion"] is not null || document.Sections.Any(IsItem)
            ? [.. document.Sections.Where(IsItem)]
            : throw ErrorCode.UnreadableFile.With($"{name} is no .nav of SerialEM: it has neither AdocVersion nor an Item.").ToException();
    }

    private static bool IsItem(AutodocSection section) => section.Kind == "Item";

    private static List<AutodocSection> ReadXml(string name, ReadOnlyMemory<byte> bytes)
    {
        var values = new XmlItems(name);
        XmlValues.Read(name, bytes, values);
        return values.Items;
    }

    private static NavigatorItem Item(AutodocSection item)
    {
        double[]? stage = Quantities.Numbers(item["StageXYZ"], 2);
        return new NavigatorItem(
            item.Name,
            item["Type"] switch { "1" => NavigatorItemKind.Polygon, "2" => NavigatorItemKind.Map, _ => NavigatorItemKind.Point },
            stage is null ? null : new StagePosition(stage[0], stage[1], stage.Length > 2 ? stage[2] : null),
            item["Note"], item["MapFile"], item["MapID"], item["DrawnID"], item["Acquire"] == "1");
    }

    private sealed class XmlItems(string file) : IXmlValues
    {
        private AutodocSection? _item;
        private int _depth;

        public List<AutodocSection> Items { get; } = [];

        public void Begin(List<string> path, string? name)
        {
            if (path[^1] == "Item" && _item is null)
            {
                if (Items.Count == MicroscopeFiles.MaxParts)
                {
                    throw MicroscopeFiles.TooMany(file, "items");
                }

                _depth = path.Count;
                _item = new AutodocSection("Item", name ?? "");
            }
        }

        public void End(List<string> path, string text)
        {
            if (_item is not null && path.Count == _depth)
            {
                Items.Add(_item);
                _item = null;
            }
            else if (_item is not null && path.Count == _depth + 1)
            {
                _item.Values.TryAdd(path[^1], text);
            }
        }
    }
}

public enum NavigatorItemKind
{
    Point,
    Polygon,
    Map,
}

/// <param name="Map">The path of its image, if it is a map.</param>
/// <param name="MapId">Its number, if it is a map.</param>
/// <param name="DrawnOn">The number of the map on which it was drawn.</param>
/// <param name="IsToAcquire">True if it is marked for acquisition.</param>
public sealed record NavigatorItem(
    string Label, NavigatorItemKind Kind, StagePosition? Stage, string? Note, string? Map, string? MapId, string? DrawnOn,
    bool IsToAcquire);
