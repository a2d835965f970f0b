using System.Xml;

namespace Hutch.Formats.Tiff;

/// <summary>
/// The axes of an OME-TIFF, and the page of each image, as the XML in its first page says. Format:
/// https://docs.openmicroscopy.org/ome-model/6.3.1/ome-tiff/specification.html.
/// </summary>
internal sealed class TiffOme
{
    private const int MaxImages = 10_000_000;
    private const int MaxNamedFiles = 3;

    private readonly SortedSet<string> _others = new(StringComparer.Ordinal);
    private string? _uuid;

    private TiffOme()
    {
    }

    /// <summary>The lengths of the axes before rows and columns, slowest first, without those of one image.</summary>
    public long[] Axes { get; private set; } = [1];

    /// <summary>The number of the page in this file that has the image; -1 if none has it.</summary>
    public int[] Pages { get; private set; } = [];

    /// <summary>The problem of the description; null if it has none.</summary>
    public string? Problem { get; private set; }

    /// <summary>Words that name the files with the other images.</summary>
    public string OtherFiles => _others.Count == 0 ? ""
        : $"; others are in {string.Join(", ", _others.Take(MaxNamedFiles))}{(_others.Count > MaxNamedFiles ? ", …" : "")}";

    /// <summary>Reads a description; null if it is not OME-XML.</summary>
    public static TiffOme? Read(string description, TiffPage page)
    {
        int start = description.AsSpan().IndexOf("<OME");
        if (start < 0 || !description.TrimStart('\uFEFF', ' ', '\r', '\n').StartsWith('<'))
        {
            return null;
        }

        var ome = new TiffOme();
        try
        {
            ome.ReadXml(description[start..], page);
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            ome.Problem = $"The description is OME-XML that cannot be read: {e.Message}";
        }

        return ome;
    }

    private void ReadXml(string text, TiffPage page)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            switch (reader.LocalName)
            {
                case "OME":
                    _uuid = reader.GetAttribute("UUID");
                    break;
                case "BinaryOnly":
                    Problem = $"The axes are described in another file: {reader.GetAttribute("MetadataFile")}.";
                    return;
                case "Pixels" when ReadPixels(reader, page):
                    return;
            }
        }

        Problem ??= "The description is OME-XML without an image of this file.";
    }

    /// <summary>Reads an image; false if all of it is in other files.</summary>
    private bool ReadPixels(XmlReader reader, TiffPage page)
    {
        (int rows, int columns) = (Number(reader, "SizeY"), Number(reader, "SizeX"));
        string order = reader.GetAttribute("DimensionOrder") ?? "";
        var lengths = new Dictionary<char, int>
        {
            ['Z'] = Number(reader, "SizeZ"),
            ['T'] = Number(reader, "SizeT"),
            ['C'] = Number(reader, "SizeC"),
        };
        int samples = page.Samples;
        if (rows != page.Rows || columns != page.Columns)
        {
            Problem = $"The description says images of {rows} x {columns} pixels, the first page has {page.Rows} x {page.Columns}.";
            return true;
        }

        // The samples of a pixel are counted as channels.
        if (lengths['C'] % samples == 0)
        {
            lengths['C'] /= samples;
        }

        double images = (double)lengths['Z'] * lengths['T'] * lengths['C'];
        if (images is < 1 or > MaxImages || order.Length != 5 || !order.StartsWith("XY", StringComparison.Ordinal)
            || !order[2..].Order().SequenceEqual("CTZ"))
        {
            Problem = $"The description says {images} images in the order '{order}', which is not read.";
            return true;
        }

        string fastestFirst = order[2..];
        Axes = [.. fastestFirst.Reverse().Select(axis => (long)lengths[axis]).Where(static length => length > 1)];
        Axes = Axes.Length == 0 ? [1] : Axes;
        Pages = new int[(int)images];
        Array.Fill(Pages, -1);
        using XmlReader places = reader.ReadSubtree();
        return ReadPlaces(places, fastestFirst, lengths, samples);
    }

    private bool ReadPlaces(XmlReader pixels, string fastestFirst, Dictionary<char, int> lengths, int samples)
    {
        bool isHere = true;
        int blocks = 0;
        pixels.Read();
        while (pixels.ReadToFollowing("TiffData", pixels.NamespaceURI))
        {
            int? page = Number(pixels, "IFD", -1) is >= 0 and var said ? said : null;
            int count = Number(pixels, "PlaneCount", page is null ? Pages.Length : 1);
            (int first, int step) = (0, 1);
            foreach (char axis in fastestFirst)
            {
                int at = Number(pixels, "First" + axis, 0);
                first += (axis == 'C' ? at / samples : at) * step;
                step = checked(step * lengths[axis]);
            }

            using XmlReader block = pixels.ReadSubtree();
            bool isBlockHere = IsHere(block);
            block.Close();
            isHere = blocks++ == 0 ? isBlockHere : isHere || isBlockHere;
            for (int i = 0; isBlockHere && i < count && first >= 0 && first + i < Pages.Length; i++)
            {
                Pages[first + i] = (page ?? 0) + i;
            }
        }

        for (int i = 0; blocks == 0 && i < Pages.Length; i++)
        {
            Pages[i] = i;
        }

        return isHere;
    }

    /// <summary>True if images are in this file; other files are kept by their names.</summary>
    private bool IsHere(XmlReader tiffData)
    {
        tiffData.Read();
        if (!tiffData.ReadToFollowing("UUID", tiffData.NamespaceURI))
        {
            return true;
        }

        string? name = tiffData.GetAttribute("FileName");
        bool isHere = string.Equals(tiffData.ReadElementContentAsString().Trim(), _uuid, StringComparison.OrdinalIgnoreCase);
        if (!isHere && name is not null)
        {
            _others.Add(name);
        }

        return isHere;
    }

    private static int Number(XmlReader reader, string name, int otherwise = 0) => reader.GetAttribute(name) is { } text
        ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : otherwise;
}
